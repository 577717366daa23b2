using System.Globalization;
using KernelForge.Models.Text;
using KernelForge.Runtime;

// first-vector MODEL fp32|bf16|int8 TEXT: the text's vector, as a line of JSON.
if (args is not [string model, string precision, string text])
{
    Console.Error.WriteLine("usage: first-vector MODEL fp32|bf16|int8 TEXT");
    return 2;
}
CpuPrecision? chosen = precision switch
{
    "fp32" => CpuPrecision.Float32,
    "bf16" => CpuPrecision.BFloat16,
    "int8" => CpuPrecision.Int8,
    _ => null,
};
if (chosen is null)
{
    Console.Error.WriteLine($"'{precision}' is none of fp32, bf16 and int8");
    return 2;
}
using SentenceEncoder encoder = SentenceEncoder.Load(model, Device.Cpu(precision: chosen));
float[] vector = encoder.Encode([text])[0];
Console.WriteLine($"[{string.Join(',', vector.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]");
return 0;
