using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>A script that does not compile, or fails while it runs, names its statement and the place in the model, and leaves no handle behind.</summary>
[Collection(nameof(Alone))]
public class ScriptFaultTests
{
    private static readonly Origin Here = new("h1.w", "iris.prob:6:5");

    private static TensorGraph Graph()
    {
        Tensor x = Input("x", DType.F32, [3, 4]), w = Input("w", DType.F32, [4, 5]);
        var product = Tensor.Create(OpCode.MatMul, [x, w], Attributes.None.Value, Here);
        return new([x, w], [("y", Tensor.Create(OpCode.Tanh, [product], Attributes.None.Value, Here) * 2)]);
    }

    [TorchFact]
    public void A_script_that_does_not_compile_names_the_line_and_the_place_in_the_model()
    {
        var before = TorchTestRuntime.Runtime.Live;
        var backend = new TorchBackend(new Altering(TorchTestRuntime.Runtime, t => t.Replace("torch.mm(", "torch.nope(")), TorchDevice.Cpu, new TorchOptions());
        var fault = Assert.Throws<TorchException>(() => backend.Compile(Graph(), new CompileOptions()));
        Assert.Equal(TorchFault.Compile, fault.Fault);
        Assert.Matches("^line [0-9]+ of the script, 'v_[0-9]+ = torch.mm\\(x, w\\)', which computes .*h1.w \\(iris.prob:6:5\\), does not compile: ", fault.Message);
        Assert.Contains("nope", fault.Message);
        Assert.Equal(before, TorchTestRuntime.Runtime.Live);
    }

    [TorchFact]
    public void A_region_that_is_refused_names_the_place_too()
    {
        var backend = new TorchBackend(new Altering(TorchTestRuntime.Runtime, t => t.Replace("= tanh ", "= tan ")), TorchDevice.Cpu, new TorchOptions());
        using var executable = backend.Compile(Graph(), new CompileOptions());
        var fault = Assert.Throws<TorchException>(executable.Run);
        Assert.Equal(TorchFault.Operator, fault.Fault);
        Assert.Contains("h1.w (iris.prob:6:5)", fault.Message);
        Assert.Contains("'tan' is no function", fault.Message);
    }

    [TorchFact]
    public void An_operator_that_refuses_its_operands_names_the_place()
    {
        var backend = new TorchBackend(new Altering(TorchTestRuntime.Runtime, t => t.Replace("torch.mm(x, w)", "torch.mm(w, x.t()[1:])")), TorchDevice.Cpu, new TorchOptions());
        using var executable = backend.Compile(Graph(), new CompileOptions());
        var fault = Assert.Throws<TorchException>(executable.Run);
        Assert.Contains("h1.w (iris.prob:6:5)", fault.Message);
        Assert.Contains("mat1 and mat2 shapes", fault.Message);
    }

    [TorchFact]
    public void Memory_that_cannot_be_had_is_told_apart()
    {
        // 2^62 bytes, which no machine has.
        var backend = new TorchBackend(new Altering(TorchTestRuntime.Runtime, t => t.Replace("torch.mm(x, w)", "torch.mm(x, w).new_zeros([1152921504606846976])")), TorchDevice.Cpu, new TorchOptions());
        using var executable = backend.Compile(Graph(), new CompileOptions());
        Assert.Equal(TorchFault.Memory, Assert.Throws<TorchException>(executable.Run).Fault);
    }

    /// <summary>A runtime that compiles another text than it is given.</summary>
    private class Altering(ITorchRuntime inner, Func<string, string> alter) : ITorchRuntime
    {
        public TorchInfo Info => inner.Info;
        public bool HasOperators => inner.HasOperators;
        public int CudaDevices => inner.CudaDevices;
        public ITorchScript Compile(string text) => inner.Compile(alter(text));
        public virtual ITorchTensor Create(TorchDevice device, DType type, Shape shape) => inner.Create(device, type, shape);
        public ITorchStep Bind(ITorchScript script, string function, IReadOnlyList<ITorchTensor> inputs, IReadOnlyList<ITorchTensor> constants) => inner.Bind(script, function, inputs, constants);
        public void Synchronize(TorchDevice device) => inner.Synchronize(device);
        public TorchMemory Memory(TorchDevice device) => inner.Memory(device);
        public void SetThreads(int threads) => inner.SetThreads(threads);
        public void SetTf32(bool allowed) => inner.SetTf32(allowed);
        public void Dispose() => inner.Dispose();
    }
}
