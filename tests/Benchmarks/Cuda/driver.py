"""The CUDA driver by ctypes: as much of it as a launch needs. Shares the primary context with PyTorch where that is loaded."""
import ctypes
from ctypes import POINTER, byref, c_char_p, c_float, c_int, c_size_t, c_uint, c_uint64, c_void_p

BYTES = {"f16": 2, "bf16": 2, "tf32": 4, "float": 4}


class TensorMap(ctypes.Structure):
    _fields_ = [("words", c_uint64 * 16)]


class Attribute(ctypes.Structure):
    _fields_ = [("id", c_uint), ("pad", c_uint), ("value", c_uint * 16)]


class Config(ctypes.Structure):
    _fields_ = [("grid", c_uint * 3), ("block", c_uint * 3), ("shared", c_uint), ("stream", c_void_p),
                ("attributes", POINTER(Attribute)), ("count", c_uint)]


class DriverError(Exception):
    pass


class Device:
    def __init__(self):
        self.cuda = ctypes.CDLL("libcuda.so.1")
        device, context, version = c_int(), c_void_p(), c_int()
        self.call("cuInit", 0)
        self.call("cuDeviceGet", byref(device), 0)
        self.call("cuDevicePrimaryCtxRetain", byref(context), device)
        self.call("cuCtxSetCurrent", context)
        self.call("cuDriverGetVersion", byref(version))
        self.version = version.value
        self.call("cuDeviceGetAttribute", byref(version), 16, device)
        self.multiprocessors = version.value
        self.keep = []

    def call(self, name, *arguments):
        code = getattr(self.cuda, name)(*arguments)
        if code != 0:
            text = c_char_p()
            self.cuda.cuGetErrorName(code, byref(text))
            raise DriverError(f"{name}: {code} {text.value.decode() if text.value else ''}")

    def load(self, kernel, cubin):
        """The kernel's function, its shared memory allowed; (function, registers, local bytes)."""
        module, function, value = c_void_p(), c_void_p(), c_int()
        self.call("cuModuleLoadData", byref(module), c_char_p(cubin))
        self.call("cuModuleGetFunction", byref(function), module, kernel.entry.encode())
        self.call("cuFuncSetAttribute", function, 8, c_int(kernel.shared))
        facts = []
        for attribute in (4, 3):  # registers, local memory
            self.call("cuFuncGetAttribute", byref(value), attribute, function)
            facts.append(value.value)
        return function, *facts

    def launch(self, function, kernel, grid, arguments, stream=0, overlap=True):
        """overlap: the grid may start before the one in front of it has ended; the kernel waits where it must."""
        pointers = (c_void_p * len(arguments))(*[ctypes.cast(ctypes.pointer(a), c_void_p) for a in arguments])
        attribute = Attribute(6, 0, (c_uint * 16)(1))  # programmatic stream serialization
        config = Config((c_uint * 3)(*grid, *[1] * (3 - len(grid))), (c_uint * 3)(kernel.threads, 1, 1), kernel.shared, stream,
                        ctypes.pointer(attribute), 1 if overlap else 0)
        self.call("cuLaunchKernelEx", byref(config), function, pointers, None)

    def tensor_map(self, address, rows, columns, box_rows, element):
        """Over a row-major [rows, columns] matrix of half elements, in boxes of [box_rows, 64] with the 128-byte swizzle."""
        raw = ctypes.create_string_buffer(ctypes.sizeof(TensorMap) + 128)
        start = -(-ctypes.addressof(raw) // 128) * 128
        tensor_map = TensorMap.from_address(start)
        self.keep.append(raw)
        self.call("cuTensorMapEncodeTiled", c_void_p(start), 6 if element == "f16" else 9, c_uint(2), c_void_p(address),
                  (c_uint64 * 2)(columns, rows), (c_uint64 * 1)(columns * 2), (c_uint * 2)(64, box_rows), (c_uint * 2)(1, 1),
                  0, 3, 3, 0)
        return tensor_map

    def allocate(self, size):
        address = c_uint64()
        self.call("cuMemAlloc_v2", byref(address), c_size_t(size))
        return address.value

    def upload(self, address, array):
        self.call("cuMemcpyHtoD_v2", c_uint64(address), c_void_p(array.ctypes.data), c_size_t(array.nbytes))

    def download(self, array, address):
        self.call("cuMemcpyDtoH_v2", c_void_p(array.ctypes.data), c_uint64(address), c_size_t(array.nbytes))

    def synchronize(self):
        self.call("cuCtxSynchronize")


def pointer(address):
    return c_uint64(address)


__all__ = ["Device", "DriverError", "TensorMap", "pointer", "c_int", "c_float", "BYTES"]
