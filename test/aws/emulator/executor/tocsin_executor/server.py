"""The gateway, over HTTP and HTTPS, bound to the very host of GATEWAY_LISTEN, and ended with the process that started it."""

import os
import signal
import threading

from localemu.aws.serving.twisted import TLSMultiplexerFactory
from localemu.runtime.server.twisted import TwistedRuntimeServer
from rolo.serving.twisted import TwistedGateway
from twisted.internet import reactor, ssl


def _end_with_standard_input() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


class LoopbackServer(TwistedRuntimeServer):
    """LocalEmu's own Twisted server listens on every interface, whatever GATEWAY_LISTEN says; this one does not."""

    def register(self, gateway, listen, ssl_creds=None):
        certificate, key = ssl_creds
        protocol = TLSMultiplexerFactory(ssl.DefaultOpenSSLContextFactory(key, certificate), False, TwistedGateway(gateway))
        for address in listen:
            reactor.listenTCP(address.port, protocol, interface=address.host, backlog=1024)

    def run(self):
        threading.Thread(target=_end_with_standard_input, daemon=True).start()
        return super().run()
