"""LocalEmu plugins: Lambda functions as host Node processes, and a gateway on loopback only."""
