using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Sources;

public sealed class DeviceTests
{
    [Fact]
    public void A_device_says_what_is_wanted_and_equals_another_that_says_the_same()
    {
        Assert.Equal(Device.Cpu(2, 256), Device.Cpu(2, 256));
        Assert.NotEqual(Device.Cpu(2, 256), Device.Cpu(2, 512));
        Assert.Equal("cpu (2 threads, 256-bit vectors)", Device.Cpu(2, 256).ToString());
        Assert.Equal("cpu (all cores, widest vectors)", Device.Cpu().ToString());
        Assert.Equal("reference", Device.Reference.ToString());
        Assert.Equal("auto", Device.Auto.ToString());
    }

    [Fact]
    public void Threads_and_widths_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cpu(threads: -1));
        Refuses.With<ArgumentOutOfRangeException>("128, 256 or 512", () => Device.Cpu(vectorBits: 64));
    }
}
