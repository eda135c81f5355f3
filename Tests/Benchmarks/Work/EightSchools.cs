using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Benchmarks;

/// <summary>
/// What a sampler asks for at every leapfrog step: a position in unconstrained space goes in, the log joint density there (with the log-determinants of the
/// supports' maps) and its gradient come out; eight schools in double precision.
/// </summary>
internal sealed class EightSchools : IWork
{
    private readonly double[] _position = [.. Enumerable.Range(0, 10).Select(i => -0.5 + i / 9.0)], _value = new double[1], _gradient = new double[10];

    public EightSchools(int threads, IBackend? backend = null)
    {
        var model = Models.Bind(Models.EightSchools, "j", 8, isRows: false, DType.F64);
        var graph = model.Elaborate(1);
        Tensor q = Input("q", DType.F64, [10]), sigma = Input("sigma", DType.F64, [8]), y = Input("y", DType.F64, [8]);
        var filled = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [graph.Arguments[0].Value] = sigma };
        var (next, terms) = (0, new List<Tensor>());
        foreach (var site in graph.Sites)
        {
            terms.Add(SumAll(site.Distribution.LogDensity(site.Value)));
            if (model.IsObserved(site))
            {
                filled[site.Value] = y;
                continue;
            }
            var view = GuideSite.Of(site, Bijector.For(site.Distribution)!, null);
            var free = Reshape(SliceAxis(q, 0, next, next += view.UnconstrainedShape.Size), view.UnconstrainedShape);
            filled[site.Value] = view.Constrain(free);
            terms.Add(SumAll(view.LogDetJacobian(free)));
        }
        var value = Substitution.Apply([terms.Aggregate((a, b) => a + b)], filled)[0];
        var step = Pipeline.Optimize(new TensorGraph([q, sigma, y], [("value", value), ("gradient", Vjp.Gradients(value, [q])[0])]));
        Executable = (backend ?? new CpuBackend()).Compile(step, new CompileOptions { Threads = threads });
        Executable.Write<double>(1, [15, 10, 16, 11, 9, 11, 10, 18]);
        Executable.Write<double>(2, [28, 8, -3, 7, -1, 1, 18, 12]);
    }

    /// <summary>The log joint density and its gradient after a run.</summary>
    public double[] Answer => [_value[0], .. _gradient];

    /// <summary>The compiled gradient.</summary>
    public IExecutable Executable { get; }

    /// <inheritdoc/>
    public void Run()
    {
        Executable.Write<double>(0, _position);
        Executable.Run();
        Executable.Read<double>(0, _value);
        Executable.Read<double>(1, _gradient);
    }

    /// <inheritdoc/>
    public void Dispose() => Executable.Dispose();
}
