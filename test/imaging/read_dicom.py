"""Windowed pixels of DICOM films, as pydicom reads them: the reference of dicomPeers.test.ts.

Usage: read_dicom.py FOLDER writes NAME.voi (float64, little endian, 0 to 1) beside each NAME.dcm, or NAME.rgb (bytes).
read_dicom.py --compress IN OUT UID writes a JPEG 2000 file.
read_dicom.py --files prints the folder of the files that pydicom itself is tested with.
"""

import sys
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array


def read(path: Path) -> None:
    film = pydicom.dcmread(path)
    if film.SamplesPerPixel == 3:
        path.with_suffix(".rgb").write_bytes(np.ascontiguousarray(pixel_array(film, raw=False)).tobytes())
        return
    stored = film.pixel_array
    if film.PhotometricInterpretation == "PALETTE COLOR":
        return
    levels = apply_voi_lut(apply_modality_lut(stored, film), film).astype(np.float64)
    if "VOILUTSequence" in film:
        low, high = 0.0, 2.0 ** film.VOILUTSequence[0].LUTDescriptor[2] - 1
    elif "WindowCenter" not in film and film.BitsAllocated == 8:
        low, high = 0.0, 255.0
    elif "WindowCenter" not in film:
        # By nearest rank, as the service does; there is no standard for such films.
        ranked = np.sort(levels, axis=None)
        low, high = (ranked[int(np.ceil(share * ranked.size)) - 1] for share in (0.01, 0.99))
        levels = np.clip(levels, low, high)
    elif "ModalityLUTSequence" in film:
        low, high = 0.0, 2.0 ** film.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    else:
        # pydicom scales a window to the range of the stored bits after the rescale.
        low = -(2.0 ** (film.BitsStored - 1)) if film.PixelRepresentation else 0.0
        high = 2.0**film.BitsStored - 1 + low
        slope, intercept = float(film.get("RescaleSlope", 1)), float(film.get("RescaleIntercept", 0))
        low, high = low * slope + intercept, high * slope + intercept
    seen = (levels - low) / (high - low)
    if film.PhotometricInterpretation == "MONOCHROME1":
        seen = 1 - seen
    path.with_suffix(".voi").write_bytes(np.ascontiguousarray(seen).astype("<f8").tobytes())


if sys.argv[1] == "--files":
    print(Path(pydicom.__file__).parent / "data")
elif sys.argv[1] == "--compress":
    film = pydicom.dcmread(sys.argv[2])
    film.compress(sys.argv[4])
    film.save_as(sys.argv[3])
else:
    for path in sorted(Path(sys.argv[1]).glob("*.dcm")):
        read(path)
