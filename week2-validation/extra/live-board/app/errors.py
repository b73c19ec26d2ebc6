"""Turns an unfinished TODO into a response that says so (provided, nothing to do here)."""

from fastapi import FastAPI, WebSocket
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from starlette.websockets import WebSocketState

TOO_LONG = 120  # bytes: the reason of a closed WebSocket must be short


def install(app: FastAPI) -> None:
    """Let a stub return 501 with the text of its TODO, or close its WebSocket with this text as the reason."""

    @app.exception_handler(NotImplementedError)
    async def not_done_yet(connection: HTTPConnection, error: NotImplementedError) -> JSONResponse | None:
        response = JSONResponse({"detail": str(error)}, status_code=501)
        if not isinstance(connection, WebSocket):
            return response
        if connection.application_state is WebSocketState.CONNECTING:
            await connection.send_denial_response(response)
        elif connection.application_state is WebSocketState.CONNECTED:
            await connection.close(1011, str(error)[:TOO_LONG])
        return None
