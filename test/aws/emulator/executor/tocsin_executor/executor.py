"""Lambda functions as Node processes of this machine: one process an environment, reused from invocation to invocation."""

import json
import os
import tempfile
import threading
import time
from pathlib import Path

from localemu import config
from localemu.aws.api.lambda_ import PackageType
from localemu.services.lambda_.invocation.executor_endpoint import NAMESPACE, StatusErrorException
from localemu.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localemu.services.lambda_.invocation.runtime_executor import LambdaRuntimeException, RuntimeExecutor
from localemu.utils.ssl import get_cert_pem_file_path

from . import failures
from .process import AnswerOverdue, MemoryExceeded, NodeProcess, ProcessEnded


class InvocationFailed(Exception):
    """Carries the error document that Lambda answers with."""

    def __init__(self, payload: bytes) -> None:
        super().__init__(payload)
        self.payload = payload


class HostExecutor(RuntimeExecutor):
    """Runs zip packages for nodejs runtimes; other packages, and layers, are refused when the function is created.

    A process that died, was killed at its time-out or held too much memory is replaced at the next invocation.
    """

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._process: NodeProcess | None = None
        self._environment: dict[str, str] = {}
        self._serving = threading.Lock()
        logs = Path(tempfile.gettempdir()) / "lambda-logs"
        logs.mkdir(exist_ok=True)
        self._log = logs / f"{id}.log"
        self._log.touch()
        self._logged = 0

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        settings = function_version.config
        if settings.package_type != PackageType.Zip or not (settings.runtime or "").startswith("nodejs"):
            raise LambdaRuntimeException(f"{function_version.qualified_arn}: only zip packages for nodejs run as host processes")
        if settings.layers:
            raise LambdaRuntimeException(f"{function_version.qualified_arn}: functions that run as host processes have no layers")
        settings.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """LocalEmu removes the unzipped code with the code itself."""

    def start(self, env_vars: dict[str, str]) -> None:
        settings = self.function_version.config
        gateway = config.GATEWAY_LISTEN[0]
        self._environment = {
            "PATH": os.environ["PATH"],
            "LANG": "en_US.UTF-8",
            **{name: str(value) for name, value in env_vars.items()},
            "LAMBDA_TASK_ROOT": str(settings.code.get_unzipped_code_location()),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{settings.runtime}",
            "AWS_ENDPOINT_URL": f"https://{gateway.host}:{gateway.port}",
            "NODE_EXTRA_CA_CERTS": f"{get_cert_pem_file_path()}.crt",
        }
        with self._serving:
            try:
                self._initialize(self.id)
            except InvocationFailed as failure:
                raise StatusErrorException("The function could not be initialized", payload=failure.payload) from failure

    def stop(self) -> None:
        if process := self._process:
            process.kill()
        with self._serving:
            self._discard_process()

    def invoke(self, payload: dict[str, str], function_timeout: int | None = None) -> InvocationResult:
        request_id = payload["invoke-id"]
        with self._serving:
            earlier_output = ""
            started = time.monotonic()
            try:
                if self._process is None or not self._process.alive:
                    self._initialize(request_id)
                earlier_output = self._new_output()
                started = time.monotonic()
                body, is_error = self._run(payload, function_timeout), False
            except InvocationFailed as failure:
                body, is_error = failure.payload, True
            logs = earlier_output + self._report(request_id, self._new_output(), time.monotonic() - started)
        return InvocationResult(request_id, body, is_error=is_error, logs=logs)

    def _initialize(self, request_id: str) -> None:
        self._discard_process()
        settings = self.function_version.config
        self._process = NodeProcess(
            self._environment, settings.code.get_unzipped_code_location(), self._log, settings.memory_size * 1024 * 1024
        )
        self._answer(request_id, config.LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT)

    def _run(self, payload: dict[str, str], seconds: int) -> bytes:
        request_id = payload["invoke-id"]
        request = {
            "requestId": request_id,
            "functionArn": payload["invoked-function-arn"],
            "traceId": payload["trace-id"],
            "event": payload["payload"],
            "deadline": int((time.time() + seconds) * 1000),
        }
        try:
            self._process.ask(request)
        except ProcessEnded:
            raise InvocationFailed(failures.exited(request_id, self._process.wait())) from None
        return self._answer(request_id, seconds)["result"].encode()

    def _answer(self, request_id: str, seconds: int) -> dict:
        try:
            answer = self._process.answer(time.monotonic() + seconds)
        except AnswerOverdue:
            self._process.kill()
            raise InvocationFailed(failures.timed_out(request_id, seconds)) from None
        except MemoryExceeded:
            self._process.kill()
            raise InvocationFailed(failures.out_of_memory(request_id)) from None
        except ProcessEnded:
            raise InvocationFailed(failures.exited(request_id, self._process.wait())) from None
        if "error" in answer:
            raise InvocationFailed(json.dumps(answer["error"]).encode())
        return answer

    def _discard_process(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    def _new_output(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._logged)
            output = log.read()
        self._logged += len(output)
        return output.decode(errors="replace")

    def _report(self, request_id: str, output: str, seconds: float) -> str:
        megabyte = 1024 * 1024
        peak = self._process.peak_memory_bytes // megabyte if self._process else 0
        return (
            f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n"
            f"{output}"
            f"END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {seconds * 1000:.2f} ms\t"
            f"Memory Size: {self.function_version.config.memory_size} MB\tMax Memory Used: {peak} MB\n"
        )

    def get_logs(self) -> str:
        return self._log.read_text(errors="replace")

    def get_address(self) -> str:
        return config.GATEWAY_LISTEN[0].host

    def get_endpoint_from_executor(self) -> str:
        return config.GATEWAY_LISTEN[0].host

    def get_runtime_endpoint(self) -> str:
        return f"http://{self.get_endpoint_from_executor()}:{config.GATEWAY_LISTEN[0].port}{NAMESPACE}/{self.id}"
