"""ONNX Runtime in Python on the service's own model.onnx, behind FastAPI.

PEER_MODEL: folder of model.json and model.onnx; PEER_THREADS.
"""

import os

import numpy as np
import onnxruntime
from fastapi import FastAPI, UploadFile

from film import THREADS, Spec, prepare, report

spec = Spec(os.environ["PEER_MODEL"])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = THREADS
session = onnxruntime.InferenceSession(f"{os.environ['PEER_MODEL']}/model.onnx", options, providers=["CPUExecutionProvider"])
names = [head["tensor"] for head in spec.heads]

app = FastAPI()


def detect(data: bytes) -> dict:
    canvas, plan = prepare(data, spec)
    tensor = np.repeat((canvas.astype(np.float32) / 255)[None, None], 3, axis=1)
    heads = session.run(names, {spec.tensor: tensor})
    decoded = [decode_head(head[0], head_spec) for head, head_spec in zip(heads, spec.heads)]
    boxes, scores = (np.concatenate(parts) for parts in zip(*decoded))
    return {"detections": report(boxes, scores, plan, spec)}


def decode_head(head: np.ndarray, head_spec: dict) -> tuple[np.ndarray, np.ndarray]:
    """Boxes and scores of the cells that may reach the floor; exp() for these only."""
    anchors, stride, scale = np.array(head_spec["anchors"], np.float32), head_spec["stride"], head_spec["scaleXY"]
    values = head.reshape(len(anchors), 5 + len(spec.classes), *head.shape[1:])
    anchor, row, column = np.nonzero(values[:, 4] >= np.log(spec.floor / (1 - spec.floor)))
    cells = values[anchor, :, row, column]
    centre = (scale * sigmoid(cells[:, 0:2]) - (scale - 1) / 2 + np.stack([column, row], 1)) * stride
    size = np.exp(cells[:, 2:4]) * anchors[anchor]
    return np.hstack([centre - size / 2, size]), sigmoid(cells[:, 4:5]) * sigmoid(cells[:, 5:])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


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
