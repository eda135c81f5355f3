using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Benchmarks;

/// <summary>One primitive, compiled on its own: inputs with numbers in, one run, the result left where it is.</summary>
internal sealed class Primitive : IWork
{
    private readonly IExecutable _executable;

    public Primitive(IReadOnlyList<Tensor> inputs, Tensor output, int threads, IBackend? backend = null)
    {
        _executable = (backend ?? new CpuBackend()).Compile(Pipeline.Optimize(new TensorGraph([.. inputs], [("y", output)])), new CompileOptions { Threads = threads });
        for (var i = 0; i < inputs.Count; i++)
            _executable.Write(i, inputs[i].DType == DType.I64 ? HostTensor.Zeros(DType.I64, inputs[i].Shape) : Numbers.Reals(inputs[i].DType, inputs[i].Shape));
    }

    /// <summary>A matrix product [m, k] x [k, n].</summary>
    public static Primitive Product(int m, int k, int n, int threads, DType type = DType.F32, IBackend? backend = null)
    {
        Tensor a = Input("a", type, [m, k]), b = Input("b", type, [k, n]);
        return new([a, b], MatMul(a, b), threads, backend);
    }

    /// <summary>Standard normal numbers.</summary>
    public static Primitive Normals(int count, int threads, DType type = DType.F32, IBackend? backend = null)
    {
        Tensor seed = Input("seed", DType.I64, []), zero = Constant(HostTensor.Scalar(0));
        return new([seed], new RandomSource(seed, zero, zero).Named("noise").Normal(type, [count]), threads, backend);
    }

    /// <inheritdoc/>
    public void Run() => _executable.Run();

    /// <inheritdoc/>
    public void Dispose() => _executable.Dispose();
}
