"""An ASGI shop with Assent around it as middleware: ``python ../around.py PORT`` in the shop's folder."""

import importlib
import sys
from pathlib import Path

import uvicorn

from assent import ConsentMiddleware, Settings

if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    # Visitors on this machine would see an overlay that those whom a proxy speaks for do not.
    settings = Settings.model_validate(
        {"data_dir": Path("assent"), "gateway": {"trusted_proxies": ["127.0.0.1/32"]}}
    )
    app = ConsentMiddleware(importlib.import_module("shop").app, settings=settings)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
