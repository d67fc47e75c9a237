"""A process as gunicorn runs it: the code is loaded once, then forked, then each worker makes clients.

    python two_workers.py WRITE_API_PORT

It writes, as JSON, what the loading of the code left open, and how the two workers ended.
"""

import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1 import BigQueryWriteClient
from google.cloud.bigquery_storage_v1.services.big_query_write.transports import BigQueryWriteGrpcTransport

import shared.cloud
import shared.messaging.pubsub_publisher  # noqa: F401
from shared.warehouse.bigquery_warehouse import BigQueryWarehouse

PORT = sys.argv[1]
NOW = datetime(2025, 11, 28, 15, tzinfo=UTC)


def threads():
    return len(list(Path("/proc/self/task").iterdir()))


def sockets():
    descriptors = Path("/proc/self/fd").iterdir()
    return sum(os.readlink(entry).startswith("socket:") for entry in descriptors if entry.is_symlink())


def work(number):
    channel = grpc.insecure_channel(f"127.0.0.1:{PORT}")
    writer = BigQueryWriteClient(transport=BigQueryWriteGrpcTransport(channel=channel))
    warehouse = BigQueryWarehouse(
        bigquery.Client("nba-test", AnonymousCredentials()), writer, "worker", timeout=10
    )
    words = dict.fromkeys(("kind", "severity", "title", "text"), f"worker {number}")
    times = {"game_date": date(2025, 11, 28), "raised_at": NOW, "sent_at": NOW}
    warehouse.append("nba_reference.alerts", [words | times])
    warehouse.close()


def forked(number):
    child = os.fork()
    if child:
        return child
    try:
        work(number)
    except BaseException as error:  # noqa: BLE001 - a child that failed must not go on as its parent
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


loaded = {"threads": threads(), "sockets": sockets()}
children = [forked(number) for number in range(2)]
ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
sys.stdout.write(json.dumps(loaded | {"ended": ended}))
