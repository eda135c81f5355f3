using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Posteriors;

namespace ProbNet.Benchmarks;

/// <summary>
/// Prediction as a user asks for it: class probabilities with their uncertainty for all rows, averaged over posterior draws, compilation included.
/// </summary>
internal sealed class Prediction : IWork
{
    private readonly IBackend _backend;
    private readonly Posterior _posterior;
    private readonly DataSet _data;
    private readonly PredictOptions _options;

    public Prediction(IReadOnlyList<int> widths, int rows, int draws, int threads, IBackend? backend = null)
    {
        _backend = backend ?? new CpuBackend();
        var model = Models.Bind(Models.Mlp(widths, bayes: true), "n", 128, isRows: true, DType.F32);
        var guide = GuidePlan.For(model, [new(new NormalGuide())]).Required;
        var values = InitialValues.Compute(guide, new CpuBackend(), 1);
        _posterior = Posterior.FromParameters(model, guide, guide.Parameters.Zip(values).ToDictionary(p => p.First.Name, p => p.Second)).Required;
        _data = new(new Dictionary<string, HostTensor> { ["x"] = Numbers.Reals(DType.F32, [rows, widths[0]]) }, rows);
        _options = new() { Draws = draws, Threads = threads, Seed = 1 };
    }

    /// <inheritdoc/>
    public void Run()
    {
        var predictions = _posterior.Predict(_backend, _data, _options).Required;
        if (predictions.Sites.Count != 1) throw new InvalidOperationException("one site is predicted");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
