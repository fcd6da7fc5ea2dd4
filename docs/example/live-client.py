"""Follows a channel of ApexTrade with an API key of scope read. Needs Python 3.9 and `pip install websockets`."""

import json
import random
import time
import urllib.error
import urllib.request

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect


def follow_channel(origin, path, key, on_value):
    """Calls on_value with each value of the channel, such as /api/v1/dashboard/live, until there is nothing to come."""
    value, epoch, sequence, failures = None, "", -1, 0
    while True:
        ticket = urllib.request.Request(f"{origin}/api/v1/socket-tickets", method="POST")
        ticket.add_header("Authorization", f"Bearer {key}")
        try:
            with urllib.request.urlopen(ticket) as reply:
                protocols = ["apextrade.v1", f"ticket.{json.load(reply)['ticket']}"]
            url = origin.replace("http", "ws", 1) + path
            if value is not None:
                url += f"{'&' if '?' in path else '?'}epoch={epoch}&sequence={sequence}"
            with connect(url, origin=origin, subprotocols=protocols, max_size=None) as socket:
                for text in socket:
                    frame = json.loads(text)
                    if frame["type"] == "snapshot":
                        value, epoch = frame["state"], frame["epoch"]
                    elif frame["type"] == "delta" and value is not None:
                        value = {**value, **frame["change"]}
                    if "sequence" not in frame or value is None:
                        continue
                    sequence, failures = frame["sequence"], 0
                    socket.send(json.dumps({"type": "ack", "sequence": sequence}))
                    on_value(value)
                code = socket.close_code
        except urllib.error.HTTPError as refused:
            code = 4401 if refused.code == 401 else 1006
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
        except (InvalidHandshake, OSError):
            code = 1006
        if code in (4401, 4404):
            return "signed_out" if code == 4401 else "deleted"
        time.sleep(min(15, 0.5 * 2**failures) * (0.5 + random.random() / 2))
        failures = min(failures + 1, 10)
