using KernelForge.Runtime.Execution;
using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Execution;

public sealed class ModelSessionTests
{
    private static readonly DeviceProgram Cpu = DeviceProgram.For<CpuDevice>((device, _) => new Program(device), CpuDevice.Candidate);

    [Fact]
    public void Auto_takes_the_first_device_that_can_be_used_and_says_why_not_those_before()
    {
        using var session = ModelSession.Start(null, Weights(), Fast(AutoCandidate.Missing("no driver; looked in '/usr/lib'")), Cpu);
        Assert.Equal(Device.Cpu(), session.Device);
        Assert.Equal(Device.Cpu(), Assert.IsType<Program>(session.Program).Device);
        Assert.Equal(
            "cpu (all cores, widest vectors), chosen by Device.Auto; FastDevice was passed over: no driver; looked in '/usr/lib'",
            session.Choice);
    }

    [Fact]
    public void Auto_takes_the_preferred_device_where_it_can_be_used()
    {
        AutoCandidate third = AutoCandidate.Usable(new FastDevice(3), "number 3 of 4");
        using var session = ModelSession.Start(Device.Auto, Weights(), Fast(third), Cpu);
        Assert.Equal(new FastDevice(3), session.Device);
        Assert.Equal("number 3 of 4, chosen by Device.Auto", session.Choice);
    }

    [Fact]
    public void A_device_that_was_asked_for_is_taken_without_looking_for_others()
    {
        DeviceProgram unasked = DeviceProgram.For<FastDevice>(
            (device, _) => new Program(device), () => throw new InvalidOperationException());
        using var session = ModelSession.Start(Device.Cpu(threads: 2), Weights(), unasked, Cpu);
        Assert.Equal(Device.Cpu(threads: 2), session.Device);
        Assert.Equal("cpu (2 threads, widest vectors), as it was asked for", session.Choice);
    }

    [Fact]
    public void A_layer_with_code_for_one_kind_of_device_says_so()
    {
        using var session = ModelSession.Start(null, Weights(), Cpu);
        Assert.Equal(
            "cpu (all cores, widest vectors), chosen by Device.Auto, the only kind of device that this layer has code for", session.Choice);
    }

    [Fact]
    public void The_reference_needs_no_code()
    {
        using var session = ModelSession.Start(Device.Reference, Weights());
        Assert.Null(session.Program);
        Assert.Equal("reference, as it was asked for", session.Choice);
    }

    [Fact]
    public void A_device_without_code_is_refused_with_what_there_is_code_for()
    {
        Refuses.With<NotSupportedException>(
            "no code for the device 'fast 1', only for CpuDevice and the reference",
            () => ModelSession.Start(new FastDevice(1), Weights(), Cpu));
        Refuses.With<NotSupportedException>(
            "Device.Auto finds no device that this layer has code for; FastDevice was passed over: none here",
            () => ModelSession.Start(null, Weights(), Fast(AutoCandidate.Missing("none here"))));
    }

    [Fact]
    public void Auto_never_takes_a_kind_that_offers_nothing()
    {
        DeviceProgram silent = DeviceProgram.For<FastDevice>((device, _) => new Program(device));
        using var session = ModelSession.Start(null, Weights(), silent, Cpu);
        Assert.Equal(Device.Cpu(), session.Device);
    }

    [Fact]
    public void A_layer_is_planned_without_weights_and_runs_with_them_and_nothing_else()
    {
        DeviceProgram plans = DeviceProgram.For<PlanDevice>((device, _) => new Program(device));
        using var session = ModelSession.Start(new PlanDevice(), LoadedWeights.Absent, plans);
        Assert.IsType<PlanDevice>(session.Device);
        Refuses.With<NotSupportedException>("only plans and runs nothing", () => ModelSession.Start(new PlanDevice(), Weights(), plans));
        Refuses.With<NotSupportedException>(
            "'cpu (all cores, widest vectors)' runs a layer and needs its weights",
            () => ModelSession.Start(Device.Cpu(), LoadedWeights.Absent, Cpu));
        Refuses.With<NotSupportedException>("needs its weights", () => ModelSession.Start(Device.Reference, LoadedWeights.Absent));
    }

    [Fact]
    public void Absent_weights_are_empty_at_every_path()
    {
        Assert.True(LoadedWeights.Absent.Has("layers[3].query.bias"));
        Assert.Empty(LoadedWeights.Absent.Read("layers[3].query.bias"));
        Assert.Empty(LoadedWeights.Absent.Read("layers[3].query.bias", absent: 5));
    }

    [Fact]
    public void Disposing_a_session_frees_its_program()
    {
        var session = ModelSession.Start(null, Weights(), Cpu);
        var program = (Program)session.Program!;
        session.Dispose();
        Assert.True(program.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => session.Program);
    }

    private static DeviceProgram Fast(AutoCandidate candidate) =>
        DeviceProgram.For<FastDevice>((device, _) => new Program(device), () => candidate);

    private static LoadedWeights Weights() => new("", [], [], []);

    private sealed record FastDevice(int Number) : Device
    {
        public override string ToString() => $"fast {Number}";
    }

    private sealed record PlanDevice : Device
    {
        public override bool OnlyPlans => true;
    }

    private sealed class Program(Device device) : CompiledProgram
    {
        public Device Device => device;

        public bool IsDisposed { get; private set; }

        public override void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs) => throw new NotSupportedException();

        protected override void Free() => IsDisposed = true;
    }
}
