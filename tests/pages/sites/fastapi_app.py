"""A small API with its two pages: ``python fastapi_app.py PORT``."""

import sys

import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel


class Tea(BaseModel):
    name: str
    price: float
    tags: list[str] = []


app: FastAPI = FastAPIOffline(title="Teas")


@app.get("/teas/{number}")
def read(number: int, note: str | None = None) -> Tea:
    return Tea(name=f"Tea {number}", price=number)


@app.post("/teas")
def create(tea: Tea) -> Tea:
    return tea


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
