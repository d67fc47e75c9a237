"""Local ends of the channels: a mail server, a webhook, one that never answers, one that is not there."""

import email
import email.policy
import json
import socket
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER = "alerts"
PASSWORD = "hunter2-of-the-mail"
TOKEN = "xoxb-token-in-the-path"


class Mailbox:
    """What a mail server took; it refuses recipients by name, and logins with another password."""

    def __init__(self, refuses):
        self._refuses = refuses
        self.mails = []
        self.recipients = []

    def log_in(self, server, session, envelope, mechanism, data):
        is_known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_known, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self._refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


class AnyPort(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(to="ops@example.org", password=PASSWORD, refuses=()):
    """Yield the mailbox and the URL that an operator would write for it."""
    box = Mailbox(refuses)
    server = AnyPort(
        box,
        hostname="127.0.0.1",
        port=0,
        authenticator=box.log_in,
        auth_require_tls=False,
    )
    server.start()
    try:
        yield box, f"mailto://{USER}:{password}@127.0.0.1:{server.port}?from=nba@example.org&to={to}"
    finally:
        server.stop()


@contextmanager
def webhook(status=200):
    """Yield the JSON bodies that arrive and the URL; each is answered with `status`."""
    bodies = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield bodies, f"json://127.0.0.1:{server.server_port}/{TOKEN}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def silence():
    """Yield the address of a server that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def nobody():
    """Return an address at which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"
