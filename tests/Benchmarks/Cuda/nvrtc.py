"""NVRTC by ctypes: a kernel file with the device library it names in front, to a cubin. Needs no GPU."""
import ctypes
import glob
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEVICE = HERE.parents[2] / "src/KernelForge.Compiler/BackEnds/Cuda/Device"


def find_library():
    """KERNELFORGE_NVRTC, else pip's packages, else the toolkit, else the loader's own path."""
    places = [os.environ.get("KERNELFORGE_NVRTC", "")]
    for root in sys.path:
        places += sorted(glob.glob(f"{root}/nvidia/*/lib/libnvrtc.so.1[23]*"), reverse=True)
    places += sorted(glob.glob("/usr/local/cuda*/lib64/libnvrtc.so.1[23]"), reverse=True) + ["libnvrtc.so.13", "libnvrtc.so.12"]
    for place in filter(None, places):
        try:
            return ctypes.CDLL(place), place
        except OSError:
            continue
    raise OSError(f"no NVRTC in any of {places}")


def source_of(file):
    """The text NVRTC gets: the device library's files and neighbours that the first lines name, then the kernel."""
    text = (HERE / file).read_text()
    named = lambda key: re.search(rf"^// {key}: (.*)$", text, re.M)
    parts = [(DEVICE / f"{n}.cuh") for n in named("device")[1].split()]
    if beside := named("beside"):
        parts += [HERE / f"{n}.cuh" for n in beside[1].split()]
    return "\n".join(p.read_text() for p in parts) + "\n" + text


class CompileError(Exception):
    pass


def compile_kernel(file, defines, arch, strict=True):
    """(cubin bytes, log). strict: a warning, a spill or local memory raises CompileError with the log."""
    nvrtc, _ = find_library()
    options = [f"--gpu-architecture={arch}", "--std=c++17", "--fmad=false", "--ptxas-options=--warn-on-spills",
               "--ptxas-options=--warn-on-local-memory-usage"]
    options += [f"-D{k}={v}" for k, v in defines.items()]
    major, minor = ctypes.c_int(), ctypes.c_int()
    nvrtc.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    if (major.value, minor.value) >= (12, 9):
        options.append("--no-cache")  # the library's own cache would return an empty log
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), source_of(file).encode(), file.encode(), 0, None, None)
    array = (ctypes.c_char_p * len(options))(*[o.encode() for o in options])
    status = nvrtc.nvrtcCompileProgram(program, len(options), array)
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    text = log.value.decode().strip()
    if status != 0 or (strict and text):
        raise CompileError(f"{file} {arch} {defines}: status {status}\n{text}")
    nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size))
    cubin = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetCUBIN(program, cubin)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return cubin.raw, text
