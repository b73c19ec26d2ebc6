from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.exception_handler(NotImplementedError)
def not_there_yet(_, error):
    return JSONResponse({"detail": str(error)}, 501)


@app.get("/")
def hello():
    return {"hello": "world"}


@app.get("/double/{number}")
def double(number: int):
    return {"double": 2 * number}
