namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>What a call of NVRTC answers. The names are its own: <c>Compilation</c> is <c>NVRTC_ERROR_COMPILATION</c>.</summary>
internal enum NvrtcResult
{
    Success = 0,
    OutOfMemory = 1,
    ProgramCreationFailure = 2,
    InvalidInput = 3,
    InvalidProgram = 4,
    InvalidOption = 5,
    Compilation = 6,
    BuiltinOperationFailure = 7,
    NoNameExpressionsAfterCompilation = 8,
    NoLoweredNamesBeforeCompilation = 9,
    NameExpressionNotValid = 10,
    InternalError = 11,
    TimeFileWriteFailed = 12,
    NoPchCreateAttempted = 13,
    PchCreateHeapExhausted = 14,
    PchCreate = 15,
    Cancelled = 16,
    TimeTraceFileWriteFailed = 17,
}
