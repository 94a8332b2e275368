"""One Node process that serves one invocation at a time."""

import json
import os
import select
import subprocess
import time
from pathlib import Path

import psutil

BOOTSTRAP = Path(__file__).with_name("bootstrap.mjs")
MEMORY_CHECK_SECONDS = 0.1


class ProcessEnded(Exception):
    """The process ended before it answered."""


class AnswerOverdue(Exception):
    """The deadline passed before an answer came."""


class MemoryExceeded(Exception):
    """The process holds more memory than it may."""


class NodeProcess:
    """Requests go to the process's standard input, answers come back by a pipe of their own, both as lines of JSON.

    What it prints goes to the log. It ends with its standard input, so that none outlives the emulator.
    """

    def __init__(self, environment: dict[str, str], code: Path, log: Path, memory_bytes: int) -> None:
        answers, child_end = os.pipe()
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    ["node", str(BOOTSTRAP), str(child_end)],
                    cwd=code,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    pass_fds=(child_end,),
                )
        finally:
            os.close(child_end)
        self._answers = answers
        self._received = b""
        self._memory_bytes = memory_bytes
        self._measured = psutil.Process(self._process.pid)
        self.peak_memory_bytes = 0

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict) -> None:
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise ProcessEnded from error

    def answer(self, deadline: float) -> dict:
        """The next answer, waited for until the deadline (time.monotonic())."""
        while b"\n" not in self._received:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise AnswerOverdue
            readable, _, _ = select.select([self._answers], [], [], min(remaining, MEMORY_CHECK_SECONDS))
            if readable:
                chunk = os.read(self._answers, 1 << 16)
                if not chunk:
                    raise ProcessEnded
                self._received += chunk
            self._check_memory()
        line, self._received = self._received.split(b"\n", 1)
        return json.loads(line)

    def _check_memory(self) -> None:
        try:
            resident = self._measured.memory_info().rss
        except psutil.NoSuchProcess:
            return
        self.peak_memory_bytes = max(self.peak_memory_bytes, resident)
        if resident > self._memory_bytes:
            raise MemoryExceeded

    def wait(self) -> int:
        """Its return code, once it has ended by itself or was killed."""
        return self._process.wait()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Ends the process and gives its pipes back."""
        self.kill()
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        os.close(self._answers)
