"""The errors of an invocation that the function itself could not report, as Lambda words them."""

import json
import signal


def _failure(error_type: str, request_id: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": f"RequestId: {request_id} Error: {message}"}).encode()


def timed_out(request_id: str, seconds: int) -> bytes:
    """The function ran longer than its time-out."""
    return _failure("Sandbox.Timedout", request_id, f"Task timed out after {seconds:.2f} seconds")


def out_of_memory(request_id: str) -> bytes:
    """The process held more memory than the function is given."""
    return _failure("Runtime.OutOfMemory", request_id, "Runtime exited with error: signal: killed")


def exited(request_id: str, return_code: int) -> bytes:
    """The process ended by itself; a negative return code is a signal's number, as in subprocess."""
    if return_code == 0:
        reason = "Runtime exited without providing a reason"
    elif return_code < 0:
        reason = f"Runtime exited with error: signal: {signal.strsignal(-return_code).lower()}"
    else:
        reason = f"Runtime exited with error: exit status {return_code}"
    return _failure("Runtime.ExitError", request_id, reason)
