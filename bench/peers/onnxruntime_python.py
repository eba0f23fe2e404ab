"""ONNX Runtime in Python on the service's own model.onnx, behind FastAPI.

PEER_MODEL: folder of model.json and model.onnx; PEER_THREADS.
"""

import os

import numpy as np
import onnxruntime
from fastapi import FastAPI, UploadFile

from film import THREADS, Spec, prepare, report
from heads import decode_heads, tensor_of

spec = Spec(os.environ["PEER_MODEL"])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = THREADS
model = f"{os.environ['PEER_MODEL']}/model.onnx"
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
names = [head["tensor"] for head in spec.heads]

app = FastAPI()


def detect(data: bytes) -> dict:
    canvas, plan = prepare(data, spec)
    boxes, scores = decode_heads(session.run(names, {spec.tensor: tensor_of(canvas)}), spec)
    return {"detections": report(boxes, scores, plan, spec)}


@app.post("/sync")
def detect_in_thread(image: UploadFile) -> dict:
    return detect(image.file.read())


@app.post("/async")
async def detect_in_loop(image: UploadFile) -> dict:
    return detect(await image.read())


@app.get("/ready")
def ready() -> dict:
    return {"threads": THREADS, "onnxruntime": onnxruntime.__version__}


session.run(names, {spec.tensor: np.zeros((1, 3, spec.height, spec.width), np.float32)})
