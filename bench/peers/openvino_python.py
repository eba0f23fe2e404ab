"""OpenVINO on the service's own model.onnx, behind FastAPI.

PEER_MODEL: folder of model.json and model.onnx; PEER_THREADS; PEER_PRECISION: f32 or bf16. On a processor without
bf16, f32 would run under that name, so this peer does not start there.
"""

import os
from threading import local

import numpy as np
import openvino
from fastapi import FastAPI, UploadFile

from film import THREADS, Spec, prepare, report
from heads import decode_heads, tensor_of

spec = Spec(os.environ["PEER_MODEL"])
precision = os.environ["PEER_PRECISION"]
core = openvino.Core()
compiled = core.compile_model(
    f"{os.environ['PEER_MODEL']}/model.onnx",
    "CPU",
    {"INFERENCE_NUM_THREADS": THREADS, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": precision},
)
if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
    raise SystemExit("this processor has no bf16 arithmetic")
outputs = [compiled.output(head["tensor"]) for head in spec.heads]
# A request holds its own input and output, so each thread of the pool has one.
requests = local()

app = FastAPI()


def run(tensor: np.ndarray) -> list[np.ndarray]:
    if not hasattr(requests, "own"):
        requests.own = compiled.create_infer_request()
    results = requests.own.infer({spec.tensor: tensor})
    return [results[output] for output in outputs]


def detect(data: bytes) -> dict:
    canvas, plan = prepare(data, spec)
    boxes, scores = decode_heads(run(tensor_of(canvas)), spec)
    return {"detections": report(boxes, scores, plan, spec)}


@app.post("/sync")
def detect_in_thread(image: UploadFile) -> dict:
    return detect(image.file.read())


@app.post("/async")
async def detect_in_loop(image: UploadFile) -> dict:
    return detect(await image.read())


@app.get("/ready")
def ready() -> dict:
    return {"threads": THREADS, "openvino": openvino.__version__}


run(np.zeros((1, 3, spec.height, spec.width), np.float32))
