"""What LocalEmu finds by entry point. Imports are late, since LocalEmu lists plugins long before it loads one."""

from localemu.runtime.server.core import RuntimeServerPlugin
from localemu.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class HostExecutorPlugin(RuntimeExecutorPlugin):
    """Chosen by LAMBDA_RUNTIME_EXECUTOR=host."""

    name = "host"

    def load(self, *args, **kwargs):
        from .executor import HostExecutor

        return HostExecutor


class LoopbackServerPlugin(RuntimeServerPlugin):
    """Chosen by GATEWAY_SERVER=loopback."""

    name = "loopback"

    def load(self, *args, **kwargs):
        from .server import LoopbackServer

        return LoopbackServer()
