"""OpenCV's DNN module on the darknet cfg and weights, behind FastAPI.

PEER_MODEL: folder of model.json; PEER_CFG, PEER_WEIGHTS: the darknet files; PEER_THREADS.
"""

import os
from pathlib import Path
from threading import Lock

import cv2
import numpy as np
from fastapi import FastAPI, UploadFile

from film import THREADS, Spec, prepare, report

spec = Spec(os.environ["PEER_MODEL"])
# A [yolo] layer without `thresh` drops boxes below 0.2.
cfg = Path(os.environ["PEER_CFG"]).read_text().replace("[yolo]", f"[yolo]\nthresh={spec.floor}")
weights = np.fromfile(os.environ["PEER_WEIGHTS"], np.uint8)
net = cv2.dnn.readNetFromDarknet(np.frombuffer(cfg.encode(), np.uint8), weights)
net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
net.setPreferableTarget(cv2.dnn.DNN_TARGET_CPU)
outputs = net.getUnconnectedOutLayersNames()
# A Net keeps its input and its blobs, so it runs one film at a time.
lock = Lock()

app = FastAPI()


def detect(data: bytes) -> dict:
    canvas, plan = prepare(data, spec)
    blob = cv2.dnn.blobFromImage(cv2.merge([canvas, canvas, canvas]), 1 / 255)
    with lock:
        net.setInput(blob)
        rows = np.concatenate([rows.copy() for rows in net.forward(outputs)])
    # Rows are centre x, centre y, width, height as shares of the input, objectness, class scores.
    rows = rows[rows[:, 5:].max(axis=1) >= spec.floor]
    size = rows[:, 2:4] * (spec.width, spec.height)
    corner = rows[:, 0:2] * (spec.width, spec.height) - size / 2
    return {"detections": report(np.hstack([corner, size]), rows[:, 5:], plan, spec)}


@app.post("/sync")
def detect_in_thread(image: UploadFile) -> dict:
    return detect(image.file.read())


@app.post("/async")
async def detect_in_loop(image: UploadFile) -> dict:
    return detect(await image.read())


@app.get("/ready")
def ready() -> dict:
    return {"threads": THREADS, "opencv": cv2.__version__}


net.setInput(np.zeros((1, 3, spec.height, spec.width), np.float32))
net.forward(outputs)
