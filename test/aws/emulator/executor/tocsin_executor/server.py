"""The gateway, bound to the very host of GATEWAY_LISTEN."""

from localemu.runtime.server.twisted import TwistedRuntimeServer
from rolo.serving.twisted import TwistedGateway
from twisted.internet import reactor


class LoopbackServer(TwistedRuntimeServer):
    """LocalEmu's own Twisted server listens on every interface, whatever GATEWAY_LISTEN says; this one does not."""

    def register(self, gateway, listen, ssl_creds=None):
        site = TwistedGateway(gateway)
        for address in listen:
            reactor.listenTCP(address.port, site, interface=address.host, backlog=1024)
