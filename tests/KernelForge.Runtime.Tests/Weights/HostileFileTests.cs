using System.Text;
using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Weights;

/// <summary>Each damaged or hostile file is refused by one error that names the file, the tensor to blame, and the fault.</summary>
public sealed class HostileFileTests
{
    private static readonly string Good = Tensor("F32", "[2]", "[0,8]");

    public static TheoryData<string, byte[], string?, string> Files()
    {
        var files = new TheoryData<string, byte[], string?, string>
        {
            { "an empty file", [], null, "is 0 bytes long" },
            { "seven bytes", new byte[7], null, "is 7 bytes long" },
            { "an empty header", SafetensorsBytes.Raw("", []), null, "does not begin with '{'" },
            { "a length beyond the file", [.. Length(100), .. "{}"u8], null, "only 2 bytes follow" },
            { "a length one beyond the file", [.. Length(3), .. "{}"u8], null, "only 2 bytes follow" },
            { "a length above the limit", [.. Length(100_000_001), .. "{}"u8], null, "the limit is 100000000" },
            { "an absurd length", [.. Length(ulong.MaxValue), .. "{}"u8], null, "18446744073709551615 bytes long" },
            { "a length with the sign bit", [.. Length(1UL << 63), .. "{}"u8], null, "9223372036854775808 bytes long" },
            { "a Git LFS pointer", [.. "version https://git-lfs.github.com/spec/v1"u8], null, "Git LFS pointer" },
            { "a Python pickle", [.. "PK\u0003\u0004"u8, 0, 0, 0, 0, 0, 0], null, "header is 67324752 bytes long, but only 2" },
            { "a header cut inside", SafetensorsBytes.Raw("""{"a":{"dtype":"F32","sha""", []), null, "not valid JSON" },
            { "a header without its end", SafetensorsBytes.Raw("""{"a":""" + Good, new byte[8]), null, "not valid JSON" },
            { "a header that begins with a space", SafetensorsBytes.Raw(" {}", []), null, "does not begin with '{'" },
            { "an array for a header", SafetensorsBytes.Raw("[]", []), null, "does not begin with '{'" },
            { "a byte order mark", SafetensorsBytes.Raw("\ufeff{}", []), null, "does not begin with '{'" },
            { "text after the header", SafetensorsBytes.Raw("{} x", []), null, "not valid JSON" },
            { "two objects", SafetensorsBytes.Raw("{}{}", []), null, "not valid JSON" },
            { "a trailing comma", SafetensorsBytes.Raw("""{"a":""" + Good + ",}", new byte[8]), null, "not valid JSON" },
            { "a comment", SafetensorsBytes.Raw("{/* */}", []), null, "not valid JSON" },
            { "zero bytes for padding", SafetensorsBytes.Raw("{}\0\0", []), null, "not valid JSON" },
            { "bad UTF-8", SafetensorsBytes.Raw([.. "{\""u8, 0xff, 0xfe, .. "\":1}"u8], []), null, "not valid UTF-8" },
            { "an overlong UTF-8 form", SafetensorsBytes.Raw([.. "{\""u8, 0xc0, 0xaf, .. "\":1}"u8], []), null, "not valid UTF-8" },
            { "half a surrogate pair", SafetensorsBytes.Raw("""{"\ud800":""" + Good + "}", new byte[8]), null, "not valid JSON" },
            { "nesting without end", SafetensorsBytes.Raw("""{"a":""" + new string('[', 100_000), []), "a", "is described by an array" },
            { "a field nested without end", SafetensorsBytes.Raw("""{"a":{"x":""" + new string('[', 100_000), []), null, "not valid JSON" },
            { "the same name twice", SafetensorsBytes.Raw($$"""{"a":{{Good}},"a":{{Good}}}""", new byte[8]), "a", "in the header twice" },
            { "a name escaped and twice", SafetensorsBytes.Raw($$"""{"a":{{Good}},"\u0061":{{Good}}}""", new byte[8]), "a", "twice" },
            { "metadata twice", SafetensorsBytes.Raw("""{"__metadata__":{},"__metadata__":{}}""", []), "__metadata__", "header twice" },
            { "metadata that is no object", SafetensorsBytes.Raw("""{"__metadata__":[]}""", []), null, "'__metadata__' is an array" },
            { "metadata that is no text", SafetensorsBytes.Raw("""{"__metadata__":{"n":1}}""", []), null, "holds '1' under 'n'" },
            { "nested metadata", SafetensorsBytes.Raw("""{"__metadata__":{"n":{}}}""", []), null, "holds an object under 'n'" },
            { "a metadata key twice", SafetensorsBytes.Raw("""{"__metadata__":{"n":"1","n":"2"}}""", []), null, "has 'n' twice" },
        };
        foreach ((string name, string entry, int data, string fault) in Entries())
            files.Add(name, SafetensorsBytes.Raw($$"""{"a":{{entry}}}""", new byte[data]), "a", fault);
        foreach ((string name, string first, string second, int data, string? tensor, string fault) in Pairs())
            files.Add(name, SafetensorsBytes.Raw($$"""{"a":{{first}},"b":{{second}}}""", new byte[data]), tensor, fault);
        return files;
    }

    /// <summary>One tensor <c>a</c> with something wrong about it.</summary>
    private static IEnumerable<(string Name, string Entry, int Data, string Fault)> Entries() =>
    [
        ("a number for a tensor", "7", 0, "is described by '7'"),
        ("null for a tensor", "null", 0, "is described by null"),
        ("text for a tensor", "\"F32\"", 0, "is described by 'F32'"),
        ("no fields", "{}", 0, "has no 'dtype'"),
        ("no dtype", """{"shape":[2],"data_offsets":[0,8]}""", 8, "has no 'dtype'"),
        ("no shape", """{"dtype":"F32","data_offsets":[0,8]}""", 8, "has no 'shape'"),
        ("no offsets", """{"dtype":"F32","shape":[2]}""", 8, "has no 'data_offsets'"),
        ("dtype twice", """{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}""", 8, "has 'dtype' twice"),
        ("shape twice", """{"dtype":"F32","shape":[2],"shape":[4],"data_offsets":[0,8]}""", 8, "has 'shape' twice"),
        ("offsets twice", """{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,9]}""", 8, "has 'data_offsets' twice"),
        ("an unknown dtype", Tensor("F33", "[2]", "[0,8]"), 8, "has dtype 'F33', expected one of"),
        ("a dtype in lower case", Tensor("f32", "[2]", "[0,8]"), 8, "has dtype 'f32'"),
        ("a dtype of part of a byte", Tensor("F4", "[2]", "[0,1]"), 1, "has dtype 'F4'"),
        ("a number for a dtype", """{"dtype":32,"shape":[2],"data_offsets":[0,8]}""", 8, "has dtype '32'"),
        ("null for a dtype", """{"dtype":null,"shape":[2],"data_offsets":[0,8]}""", 8, "has dtype null"),
        ("the wrong dtype for the bytes", Tensor("F16", "[2]", "[0,8]"), 8, "takes 4 bytes, but its data_offsets span 8"),
        ("a number for a shape", Tensor("F32", "2", "[0,8]"), 8, "has shape '2'"),
        ("text in a shape", """{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}""", 8, "has '2' in shape"),
        ("a negative dimension", Tensor("F32", "[-2]", "[0,8]"), 8, "has '-2' in shape"),
        ("two negative dimensions", Tensor("F32", "[-1,-2]", "[0,8]"), 8, "has '-1' in shape"),
        ("a fraction in a shape", Tensor("F32", "[2.5]", "[0,8]"), 8, "has '2.5' in shape"),
        ("an exponent in a shape", Tensor("F32", "[1e1]", "[0,40]"), 40, "has '1e1' in shape"),
        ("null in a shape", Tensor("F32", "[null]", "[0,8]"), 8, "has null in shape"),
        ("an array in a shape", Tensor("F32", "[[2]]", "[0,8]"), 8, "has an array in shape"),
        ("a dimension above 2^63", Tensor("F32", "[9223372036854775808]", "[0,8]"), 8, "has '9223372036854775808' in shape"),
        ("a product that overflows", Tensor("F32", "[4294967296,4294967296]", "[0,0]"), 0, "more elements than a file can hold"),
        ("a product that overflows to 2", Tensor("U8", "[9223372036854775807,2,3]", "[0,2]"), 2, "more elements than a file can hold"),
        ("a byte count that overflows", Tensor("F64", "[2305843009213693952]", "[0,0]"), 0, "more elements than a file can hold"),
        ("seventeen dimensions", Tensor("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "more than 16 numbers in shape"),
        ("a shape too small for its bytes", Tensor("F32", "[1]", "[0,8]"), 8, "takes 4 bytes, but its data_offsets span 8"),
        ("a shape too large for its bytes", Tensor("F32", "[3]", "[0,8]"), 8, "takes 12 bytes, but its data_offsets span 8"),
        ("a single value with two values' bytes", Tensor("F32", "[]", "[0,8]"), 8, "takes 4 bytes, but its data_offsets span 8"),
        ("an empty tensor with bytes", Tensor("F32", "[0,9223372036854775807]", "[0,8]"), 8, "takes 0 bytes, but its data_offsets span 8"),
        ("a number for offsets", Tensor("F32", "[2]", "8"), 8, "has data_offsets '8'"),
        ("one offset", Tensor("F32", "[2]", "[8]"), 8, "has 1 data_offsets, expected 2"),
        ("three offsets", Tensor("F32", "[2]", "[0,8,8]"), 8, "more than 2 numbers in data_offsets"),
        ("a negative offset", Tensor("F32", "[2]", "[-8,0]"), 8, "has '-8' in data_offsets"),
        ("an offset above 2^64", Tensor("F32", "[2]", "[0,99999999999999999999]"), 8, "in data_offsets, expected an integer"),
        ("offsets the wrong way round", Tensor("F32", "[2]", "[8,0]"), 8, "ends at byte 0, before it begins at 8"),
        ("an end beyond the file", Tensor("F32", "[3]", "[0,12]"), 8, "ends at byte 12 of the data, but the file holds 8"),
        ("a range near 2^63", Tensor("F32", "[2]", "[9223372036854775799,9223372036854775807]"), 8, "ends at byte 9223372036854775807"),
        ("data cut short", Good, 7, "ends at byte 8 of the data, but the file holds 7"),
        ("no data at all", Good, 0, "ends at byte 8 of the data, but the file holds 0"),
        ("a hole before it", Tensor("F32", "[2]", "[4,12]"), 12, "the bytes from 0 on belong to no tensor"),
    ];

    /// <summary>Tensors <c>a</c> and <c>b</c>, each right alone, wrong together.</summary>
    private static IEnumerable<(string Name, string First, string Second, int Data, string? Tensor, string Fault)> Pairs() =>
    [
        ("two tensors on the same bytes", Good, Good, 8, "b", "begins at byte 0, inside tensor 'a', which ends at 8"),
        ("tensors that overlap by one byte", Good, Tensor("U8", "[2]", "[7,9]"), 9, "b", "begins at byte 7, inside tensor 'a'"),
        ("a tensor inside another", Tensor("U8", "[9]", "[0,9]"), Tensor("U8", "[2]", "[3,5]"), 9, "b", "inside tensor 'a'"),
        ("a hole between tensors", Good, Tensor("F32", "[1]", "[12,16]"), 16, "b", "the bytes from 8 on belong to no tensor"),
        ("an empty tensor inside another", Good, Tensor("F32", "[0]", "[4,4]"), 8, "b", "inside tensor 'a'"),
        ("bytes after the last tensor", Good, Tensor("F32", "[1]", "[8,12]"), 13, null, "1 bytes after the last tensor"),
    ];

    [Theory, MemberData(nameof(Files), DisableDiscoveryEnumeration = true)]
    public void A_damaged_file_is_refused_by_one_clear_error_from_memory_and_from_disk(
        string name, byte[] bytes, string? tensor, string fault)
    {
        WeightException fromMemory = Assert.Throws<WeightException>(() => WeightSource.FromMemory(bytes, "hostile.safetensors"));
        Assert.StartsWith("hostile.safetensors: ", fromMemory.Message, StringComparison.Ordinal);
        Assert.Contains(fault, fromMemory.Message, StringComparison.Ordinal);
        Assert.True(tensor == fromMemory.Tensor, $"{name}: blames tensor '{fromMemory.Tensor}', expected '{tensor}'");
        Assert.True(fromMemory.Message.Length < 600 && !fromMemory.Message.Contains('\n'), $"{name}: no single line: {fromMemory.Message}");

        using var folder = new TemporaryFolder();
        string path = folder.Write("model.safetensors", bytes);
        WeightException fromDisk = Assert.Throws<WeightException>(() => WeightSource.OpenFolder(folder.Path));
        Assert.Equal(fromMemory.Message.Replace("hostile.safetensors", path, StringComparison.Ordinal), fromDisk.Message);
        Assert.Equal(path, fromDisk.File);
    }

    [Fact]
    public void The_table_holds_well_over_fifty_files() => Assert.True(Files().Count >= 75, $"{Files().Count} files");

    [Fact]
    public void A_name_from_a_hostile_file_cannot_flood_or_forge_a_message()
    {
        string name = string.Concat(Enumerable.Repeat("evil\\n\\u001b[2J", 100_000));
        WeightException e = Assert.Throws<WeightException>(() => WeightSource.FromMemory(SafetensorsBytes.Raw($$"""{"{{name}}":1}""", [])));
        Assert.True(e.Message.Length < 1000);
        Assert.DoesNotContain(e.Message, char.IsControl);
    }

    private static string Tensor(string type, string shape, string offsets) =>
        $$"""{"dtype":"{{type}}","shape":{{shape}},"data_offsets":{{offsets}}}""";

    private static byte[] Length(ulong value) => BitConverter.GetBytes(value);
}
