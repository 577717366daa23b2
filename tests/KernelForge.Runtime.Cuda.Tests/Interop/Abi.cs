using System.Text.Json;
using KernelForge.TestData;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

/// <summary>The binary interface as the vendor's headers have it, read from <c>tests/Data/cuda-abi</c>.</summary>
internal sealed class Abi
{
    private static readonly Dictionary<string, int> scalars = new()
    {
        ["unsigned char"] = 1,
        ["char"] = 1,
        ["int"] = 4,
        ["unsigned int"] = 4,
        ["float"] = 4,
        ["cuuint32_t"] = 4,
        ["CUdevice"] = 4,
        ["CUresult"] = 4,
        ["nvrtcResult"] = 4,
        ["CUdriverProcAddressQueryResult"] = 4,
        ["size_t"] = 8,
        ["unsigned long long"] = 8,
        ["cuuint64_t"] = 8,
        ["CUdeviceptr"] = 8,
        ["CUcontext"] = 8,
        ["CUmodule"] = 8,
        ["CUfunction"] = 8,
        ["CUstream"] = 8,
        ["CUevent"] = 8,
        ["CUgraph"] = 8,
        ["CUgraphExec"] = 8,
        ["nvrtcProgram"] = 8,
    };

    private readonly JsonElement root;

    private Abi(string file) => root = JsonDocument.Parse(File.ReadAllText(Data.Require($"cuda-abi/{file}"))).RootElement;

    public static Abi Driver { get; } = new("driver.json");

    public static Abi Nvrtc { get; } = new("nvrtc.json");

    public IEnumerable<AbiFunction> Functions => root.GetProperty("functions").EnumerateObject().Select(Read);

    public AbiFunction? Function(string name) =>
        root.GetProperty("functions").TryGetProperty(name, out _)
            ? Read(root.GetProperty("functions").EnumerateObject().Single(function => function.Name == name))
            : null;

    public IReadOnlyDictionary<string, long> Constants(string enumeration) =>
        (enumeration == "results" ? root : root.GetProperty("enums")).GetProperty(enumeration)
            .EnumerateObject().ToDictionary(constant => constant.Name, constant => constant.Value.GetInt64());

    public AbiStructure Structure(string name)
    {
        JsonElement found = root.GetProperty("structs").GetProperty(name);
        return new AbiStructure(
            found.GetProperty("size").GetInt32(),
            found.GetProperty("alignment").GetInt32(),
            found.GetProperty("fields").EnumerateObject().ToDictionary(
                field => field.Name, field => (field.Value.GetProperty("offset").GetInt32(), field.Value.GetProperty("size").GetInt32())));
    }

    /// <summary>Bytes of a C type that is no pointer; 0 for <c>void</c>.</summary>
    public int SizeOf(string type)
    {
        if (type == "void") return 0;
        if (scalars.TryGetValue(type, out int size)) return size;
        if (root.TryGetProperty("enums", out JsonElement enums) && enums.TryGetProperty(type, out _)) return 4;
        if (root.TryGetProperty("structs", out JsonElement structs) && structs.TryGetProperty(type, out JsonElement structure))
            return structure.GetProperty("size").GetInt32();
        throw new NotSupportedException($"the size of '{type}' is not known to the test");
    }

    private static AbiFunction Read(JsonProperty function) => new(
        function.Name,
        function.Value.TryGetProperty("symbol", out JsonElement symbol) ? symbol.GetString()! : function.Name,
        CType.Parse(function.Value.GetProperty("returns").GetString()!),
        [.. function.Value.GetProperty("parameters").EnumerateArray().Select(parameter =>
            (parameter.GetProperty("name").GetString()!, CType.Parse(parameter.GetProperty("type").GetString()!)))]);
}

internal sealed record AbiFunction(string Name, string Symbol, CType Returns, IReadOnlyList<(string Name, CType Type)> Parameters);

internal sealed record AbiStructure(int Size, int Alignment, IReadOnlyDictionary<string, (int Offset, int Size)> Fields);

/// <summary>A C type as <c>Base</c> and the number of stars after it; <c>IsConst</c> is that of the outermost pointee.</summary>
internal sealed record CType(string Base, int Pointers, bool IsConst)
{
    public bool IsPointer => Pointers > 0;

    public static CType Parse(string text)
    {
        int pointers = text.Count(c => c == '*');
        int lastStar = text.LastIndexOf('*');
        string pointee = pointers == 0 ? "" : text[..lastStar].TrimEnd();
        bool isConst = pointee.EndsWith("const", StringComparison.Ordinal) ||
            (pointers == 1 && pointee.StartsWith("const ", StringComparison.Ordinal));
        string name = text.Replace("const", "", StringComparison.Ordinal).Replace("*", "", StringComparison.Ordinal).Trim();
        return new CType(name, pointers, isConst);
    }

    public override string ToString() => Base + (Pointers == 0 ? "" : " " + new string('*', Pointers));
}
