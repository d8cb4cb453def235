"""A mail server that nobody here wrote: Python's own `smtpd`, or `aiosmtpd` where Python has none.

Prints its port, then one JSON object for each e-mail that it took. `refused@…` is refused for
good; `later@…` is put off once and taken the second time.
"""

import asyncio
import json
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
put_off = set()


def say(what):
    print(json.dumps(what), flush=True)


def judged(address):
    """What is answered to a recipient; None takes it."""
    if address.startswith("refused@"):
        return "550 5.1.1 no such mailbox here"
    if address.startswith("later@") and address not in put_off:
        put_off.add(address)
        return "451 4.3.0 try again later"
    return None


def with_smtpd():
    import asyncore
    import smtpd

    class Channel(smtpd.SMTPChannel):
        def smtp_RCPT(self, argument):
            address = argument.partition("<")[2].partition(">")[0]
            answer = judged(address)
            if answer is None:
                super().smtp_RCPT(argument)
            else:
                self.push(answer)

    class Server(smtpd.SMTPServer):
        channel_class = Channel

        def process_message(self, peer, mailfrom, rcpttos, data, **options):
            say({"from": mailfrom, "to": rcpttos, "data": data.decode("utf-8", "replace")})

    server = Server(("127.0.0.1", 0), None)
    say({"port": server.socket.getsockname()[1]})
    asyncore.loop()


async def with_aiosmtpd():
    from aiosmtpd.smtp import SMTP

    class Handler:
        async def handle_RCPT(self, server, session, envelope, address, options):
            answer = judged(address)
            if answer is None:
                envelope.rcpt_tos.append(address)
                return "250 OK"
            return answer

        async def handle_DATA(self, server, session, envelope):
            data = envelope.content.decode("utf-8", "replace")
            say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": data})
            return "250 OK"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", 0)
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


try:
    import smtpd  # noqa: F401
except ImportError:
    try:
        import aiosmtpd  # noqa: F401
    except ImportError:
        sys.exit("this Python has no smtpd: python3 -m pip install aiosmtpd")
    asyncio.run(with_aiosmtpd())
else:
    with_smtpd()
