"""Say in one sentence that an address cannot be had, before a server says it in thirty lines."""

import os
import socket
import sys


def obstacle(host: str, port: str) -> str | None:
    if not (port.isdecimal() and 1 <= int(port) <= 65535):
        return "a port is a number from 1 to 65535"
    try:
        family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
        # create_server() sets SO_REUSEADDR as servers do: connections that linger from the last run are no obstacle.
        socket.create_server(address[:2], family=family).close()
    except socket.gaierror as error:
        return error.strerror
    except OSError as error:
        return os.strerror(error.errno)
    return None


def main(host: str, port: str) -> None:
    if reason := obstacle(host, port):
        sys.exit(f"Cannot listen on {host}:{port} ({reason}). Choose another with `make run PORT=8001`, or HOST=…")


if __name__ == "__main__":
    main(*sys.argv[1:])
