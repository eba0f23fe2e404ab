/** A wheel (ZIP of a Python package) from which shared libraries are taken. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** Of the file, in hex. */
  readonly sha256: string;
  /** Prefixes of the paths in the wheel that are taken. */
  readonly libraries: string;
}

/**
 * CUDA 13 for onnxruntime 1.30: the provider is of the same build as onnxruntime-node 1.30.0 (git f2c39fe2f), and
 * NVIDIA's libraries are the newest that it accepts. Linux on x64, glibc 2.28 or newer. 1.5 GB to download, 2.3 GB
 * unpacked.
 */
export const wheels: readonly Wheel[] = [
  {
    name: 'onnxruntime-gpu',
    version: '1.30.0',
    sha256: '6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1',
    libraries: 'onnxruntime/capi/libonnxruntime_providers_',
  },
  {
    name: 'nvidia-cublas',
    version: '13.10.0.20',
    sha256: 'dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84',
    libraries: 'nvidia/cu13/lib/libcublas',
  },
  {
    name: 'nvidia-cuda-runtime',
    version: '13.5.37',
    sha256: 'df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d',
    libraries: 'nvidia/cu13/lib/libcudart',
  },
  {
    name: 'nvidia-curand',
    version: '10.4.5.25',
    sha256: '22bb226a857e5888fe6b54ae465fc4371296bcff13a35f79e19691bcf454f529',
    libraries: 'nvidia/cu13/lib/libcurand',
  },
  {
    name: 'nvidia-cufft',
    version: '12.5.0.14',
    sha256: 'b8be26837a5abad2b5b74f3e92dd29f622a42934b355be0961a48712cbba23ad',
    libraries: 'nvidia/cu13/lib/libcufft.',
  },
  {
    name: 'nvidia-cuda-nvrtc',
    version: '13.5.37',
    sha256: '86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc',
    libraries: 'nvidia/cu13/lib/libnvrtc',
  },
  {
    name: 'nvidia-cudnn-cu13',
    version: '9.28.1.4',
    sha256: 'a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec',
    libraries: 'nvidia/cudnn/lib/libcudnn',
  },
];
