"""The gateway, bound to the very host of GATEWAY_LISTEN, and ended with the process that started it."""

import os
import signal
import sys
import threading

from localemu.runtime.server.twisted import TwistedRuntimeServer
from rolo.serving.twisted import TwistedGateway
from twisted.internet import reactor


def _end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


class LoopbackServer(TwistedRuntimeServer):
    """LocalEmu's own Twisted server listens on every interface, whatever GATEWAY_LISTEN says; this one does not."""

    def register(self, gateway, listen, ssl_creds=None):
        site = TwistedGateway(gateway)
        for address in listen:
            reactor.listenTCP(address.port, site, interface=address.host, backlog=1024)

    def run(self):
        threading.Thread(target=_end_with_standard_input, daemon=True).start()
        return super().run()
