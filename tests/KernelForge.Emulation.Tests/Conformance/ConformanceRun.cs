using System.Text.Json;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Emulation.Tests.Conformance;

/// <summary>A case run on a device of its own.</summary>
internal sealed class ConformanceRun : IDisposable
{
    private readonly ConformanceCase kernel;
    private readonly Dictionary<string, ulong> addresses = [];

    public ConformanceRun(ConformanceCase kernel, int seed)
    {
        this.kernel = kernel;
        Device = new EmulatedDevice(new Architecture(8, 0), seed);
        foreach (JsonProperty tensor in kernel.Tensors)
        {
            byte[] bytes = kernel.Initial(tensor);
            addresses[tensor.Name] = Device.Allocate(bytes.Length, tensor.Name);
            Device.CopyTo(addresses[tensor.Name], bytes);
        }
        var arguments = new LaunchArguments();
        foreach (JsonElement parameter in kernel.Parameters) Add(arguments, parameter);
        EmulatedFunction function = Device.LoadModule(kernel.Ptx).GetFunction(kernel.Entry);
        TimeSpan start = Environment.CpuUsage.TotalTime;
        Statistics = Device.Launch(function, kernel.Grid, kernel.Block, kernel.SharedBytes, arguments);
        LaunchTime = Environment.CpuUsage.TotalTime - start;
    }

    public EmulatedDevice Device { get; }

    public LaunchStatistics Statistics { get; }

    /// <summary>Processor time of the launch.</summary>
    public TimeSpan LaunchTime { get; }

    public byte[] Result(string tensor)
    {
        byte[] bytes = new byte[kernel.Expected(tensor)!.Length];
        Device.CopyFrom(addresses[tensor], bytes.AsSpan());
        return bytes;
    }

    public void Dispose() => Device.Dispose();

    private void Add(LaunchArguments arguments, JsonElement parameter)
    {
        switch (parameter.GetProperty("kind").GetString())
        {
            case "pointer": arguments.Add(addresses[parameter.GetProperty("tensor").GetString()!]); break;
            case "i32": arguments.Add(parameter.GetProperty("value").GetInt32()); break;
            case "i64": arguments.Add(parameter.GetProperty("value").GetInt64()); break;
            case "f32": arguments.Add((float)parameter.GetProperty("value").GetDouble()); break;
            case "bytes": arguments.AddBytes(Convert.FromHexString(parameter.GetProperty("hex").GetString()!)); break;
            case "null": arguments.Add(0ul); break;
            case "scratch": arguments.Add(Device.Allocate(parameter.GetProperty("bytes").GetInt64(), "scratch")); break;
            default: throw new InvalidDataException($"a parameter of kind {parameter.GetProperty("kind")} is not known");
        }
    }
}
