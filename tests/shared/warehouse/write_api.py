"""The Storage Write API as a gRPC server of this process: it answers from a script and keeps a record."""

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.cloud.bigquery_storage_v1 import BigQueryWriteClient, types
from google.cloud.bigquery_storage_v1.services.big_query_write.transports import BigQueryWriteGrpcTransport

_SERVICE = "google.cloud.bigquery.storage.v1.BigQueryWrite"
TAKEN = types.AppendRowsResponse(append_result=types.AppendRowsResponse.AppendResult())
PATIENCE = 10  # seconds until a wait that should be short is a failure


class ScriptedWriteAPI:
    """One stream for each attempt; the last script is used again."""

    def __init__(self):
        self._server = grpc.server(ThreadPoolExecutor(4))
        append = grpc.stream_stream_rpc_method_handler(
            self._append, types.AppendRowsRequest.deserialize, types.AppendRowsResponse.serialize
        )
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(_SERVICE, {"AppendRows": append}),)
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.forget()

    def forget(self):
        self.attempts = []
        self.deadlines = []
        self.routing = []
        self._scripts = [take]

    def answers(self, *scripts):
        self._scripts = list(scripts)

    def client(self):
        channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        return BigQueryWriteClient(transport=BigQueryWriteGrpcTransport(channel=channel))

    def stop(self):
        self._server.stop(None).wait(PATIENCE)

    def _append(self, requests, context):
        self.attempts.append([])
        self.deadlines.append(context.time_remaining())
        headers = context.invocation_metadata()
        self.routing += [value for name, value in headers if name == "x-goog-request-params" and value]
        script = self._scripts[0] if len(self._scripts) == 1 else self._scripts.pop(0)
        yield from script(self._recorded(requests), context)

    def _recorded(self, requests):
        for request in requests:
            self.attempts[-1].append(request)
            yield request


def take(requests, context):
    for _ in requests:
        yield TAKEN


def fail(code, after=0, passing=lambda: None):
    """Break the stream off with a status, once some requests are answered."""

    def script(requests, context):
        for _ in range(after):
            next(requests)
            yield TAKEN
        passing()
        context.abort(code, "as scripted")

    return script


def end_after(count):
    """End the stream in good order, with requests unanswered."""

    def script(requests, context):
        for _ in range(count):
            next(requests)
            yield TAKEN

    return script


def refuse(position, code, message, row_faults=()):
    """Answer the request at a position with an error, and take the others."""

    def script(requests, context):
        for index, _ in enumerate(requests):
            faults = [types.RowError(index=n, message=text) for n, text in row_faults]
            error = {"code": code, "message": message}
            yield types.AppendRowsResponse(error=error, row_errors=faults) if index == position else TAKEN

    return script


def never(requests, context):
    """Answer nothing until the client has gone."""
    gone = threading.Event()
    context.add_callback(gone.set)
    gone.wait(PATIENCE)
    yield from ()
