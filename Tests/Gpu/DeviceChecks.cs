using ProbNet.Backends.Torch;
using ProbNet.Benchmarks;
using ProbNet.Graph;

namespace ProbNet.Gpu;

/// <summary>What concerns memory, queues and faults.</summary>
internal static class DeviceChecks
{
    public static IEnumerable<(string Name, Action Check)> All(Setting setting)
    {
        yield return ("memory is flat over 10,000 steps", () => Flat(setting));
        yield return ("a ragged last batch takes no further compilation", () => Ragged(setting));
        yield return ("writes do not overtake runs", () => Order(setting));
        yield return ("memory that is not there is refused in words", () => TooMuch(setting));
        yield return ("a device that is not there is refused in words", () => NoDevice(setting));
        yield return ("all handles are freed", () => Handles(setting));
    }

    private static void Flat(Setting setting)
    {
        using var step = TrainingStep.Mlp([4, 64, 64, 3], 32, 256, "flipout", 1, setting.Backend());
        for (var i = 0; i < 100; i++) step.Queue();
        step.Check();
        var (memory, live) = (setting.Runtime.Memory(setting.Device), setting.Runtime.Live);
        for (var i = 0; i < (setting.IsQuick ? 2_000 : 10_000); i++) step.Queue();
        step.Check();
        var after = setting.Runtime.Memory(setting.Device);
        if (after.Allocated != memory.Allocated || after.Reserved != memory.Reserved) throw new InvalidOperationException($"{memory} became {after}");
        if (setting.Runtime.Live != live) throw new InvalidOperationException($"{live} live handles became {setting.Runtime.Live}");
    }

    // Batches keep their shape: rows that a last batch lacks have weight 0.
    private static void Ragged(Setting setting)
    {
        using var step = TrainingStep.Mlp([4, 64, 64, 3], 32, 100, "shared", 1, setting.Backend());
        var scripts = setting.Runtime.Live.Scripts;
        for (var i = 0; i < 12; i++) step.Queue();
        step.Check();
        if (setting.Runtime.Live.Scripts != scripts) throw new InvalidOperationException("a script was compiled while steps ran");
    }

    // Each run adds the value written last to a sum; a value written too early or too late changes it.
    private static void Order(Setting setting)
    {
        const int size = 1 << 18;
        Tensor sum = TensorMath.Input("sum", DType.F64, [size]), x = TensorMath.Input("x", DType.F64, [size]);
        var graph = new TensorGraph([sum, x], [("next", sum * 0.5 + x)]);
        using var executable = setting.Backend().Compile(graph, new CompileOptions { Carries = [new Carry(0, 0)] });
        var (values, expected) = (new double[size], 0.0);
        executable.Write<double>(0, values);
        for (var i = 0; i < 200; i++)
        {
            Array.Fill(values, i);
            executable.Write<double>(1, values);
            executable.Run();
            expected = expected * 0.5 + i;
        }
        executable.ReadInput<double>(0, values);
        if (values.Any(v => v != expected)) throw new InvalidOperationException($"{values.First(v => v != expected)} where {expected} belongs");
    }

    private static void TooMuch(Setting setting)
    {
        if (!setting.Device.IsCuda) throw new SkippedException("the CPU's memory is everybody's");
        var held = new List<ITorchTensor>();
        try
        {
            // 8 GiB at a time.
            for (var i = 0; i < 256; i++) held.Add(setting.Runtime.Create(setting.Device, DType.F64, [1 << 15, 1 << 15]));
            throw new InvalidOperationException("2 TiB were had");
        }
        catch (TorchException e) when (e.Fault == TorchFault.Memory && e.Message.Length > 10)
        {
        }
        finally
        {
            foreach (var tensor in held) tensor.Dispose();
        }
        // What fits still does.
        using var small = setting.Runtime.Create(setting.Device, DType.F32, [1024]);
    }

    private static void NoDevice(Setting setting)
    {
        try
        {
            using var tensor = setting.Runtime.Create(new TorchDevice(setting.Runtime.CudaDevices), DType.F32, [3]);
        }
        catch (TorchException e) when (e.Message.Length > 10)
        {
            return;
        }
        throw new InvalidOperationException("a tensor was made on a device that is not there");
    }

    private static void Handles(Setting setting)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (setting.Runtime.Live is not (0, 0, 0, 0)) throw new InvalidOperationException($"{setting.Runtime.Live} are alive");
    }
}
