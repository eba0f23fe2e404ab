"""One network in ONNX Runtime and in OpenCV's DNN module.

Reads `ort N` or `opencv N` from standard input and answers with a line of N times in ms. The answer to `flops` is
OpenCV's count of operations, the answer to `versions` the two versions.

networks.py MODEL.onnx NET.cfg NET.weights THREADS
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

onnx, cfg, weights, threads = sys.argv[1:]
cv2.setNumThreads(int(threads))
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
options.log_severity_level = 3
session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
[tensor] = session.get_inputs()
net = cv2.dnn.readNetFromDarknet(cfg, weights)
net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
net.setPreferableTarget(cv2.dnn.DNN_TARGET_CPU)
outputs = net.getUnconnectedOutLayersNames()
sections = Path(cfg).read_text()
lines = sections.replace(" ", "").splitlines()
size = [int(line.split("=")[1]) for key in ("height", "width") for line in lines if line.startswith(f"{key}=")]
film = np.random.default_rng(7).random((1, 3, *size), np.float32)


def opencv():
    net.setInput(film)
    net.forward(outputs)


runs = {"ort": lambda: session.run(None, {tensor.name: film}), "opencv": opencv}


def timed(run):
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


for line in sys.stdin:
    words = line.split()
    if words[0] == "flops":
        answer = net.getFLOPS((1, 3, *size))
    elif words[0] == "versions":
        answer = [onnxruntime.__version__, cv2.__version__]
    else:
        answer = [timed(runs[words[0]]) for _ in range(int(words[1]))]
    print(json.dumps(answer), flush=True)
