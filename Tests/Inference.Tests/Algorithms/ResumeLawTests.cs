using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Options;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Laws of every algorithm: one that is stopped goes on to the same bits, and fits side by side are those run alone.</summary>
public sealed class ResumeLawTests
{
    private static readonly CpuBackend Backend = new();

    // Small values for the options that an algorithm has of these.
    private static readonly Dictionary<string, int> Small = new()
    {
        ["epochs"] = 8, ["batch"] = 4, ["burnIn"] = 3, ["every"] = 2, ["members"] = 3, ["particles"] = 3, ["cycles"] = 2, ["rank"] = 2,
    };

    public static TheoryData<string> Algorithms => [.. AlgorithmRegistry.Algorithms.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void EveryAlgorithmGoesOnToTheSameBits(string name)
    {
        var (algorithm, request) = Case(name);
        var alone = algorithm.Fit(request).Required;
        Assert.NotEqual(alone.Posterior.Parameters.Values.First(), algorithm.Fit(request with { Seed = 4 }).Required.Posterior.Parameters.Values.First());
        foreach (var every in new[] { 2, 5 })
        {
            var (result, stops) = Interrupting.Run(algorithm, request, every);
            Interrupting.AssertSame(alone, result);
            Assert.True(stops > 1);
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void EveryAlgorithmComesToTheSameBitsOnABackendThatRunsAhead(string name)
    {
        var (algorithm, request) = Case(name);
        Interrupting.AssertSame(algorithm.Fit(request).Required, algorithm.Fit(request with { Backend = new AsynchronousBackend(request.Backend) }).Required);
    }

    [Fact]
    public async Task FitsSideBySideAreThoseRunAlone()
    {
        var cases = AlgorithmRegistry.Algorithms.All.Select(a => Case(a.Name)).ToList();
        var alone = cases.ConvertAll(c => c.Algorithm.Fit(c.Request).Required);
        var together = await Task.WhenAll(cases.Select(c => Task.Run(() => c.Algorithm.Fit(c.Request).Required)));
        foreach (var (one, other) in alone.Zip(together)) Interrupting.AssertSame(one, other);
    }

    private static (Algorithm Algorithm, FitRequest Request) Case(string name)
    {
        Component algorithm = AlgorithmRegistry.Algorithms.Find(name)!;
        foreach (var option in algorithm.Options.Where(o => Small.ContainsKey(o.Name))) algorithm = option.Set(algorithm, new OptionValue.Integer(Small[option.Name])).Required;
        // 11 rows: the last batch of an epoch is not full.
        var (model, data) = Samples.Net(DType.F32);
        var request = new FitRequest(model, data, Backend, 3) { Validation = Samples.Net(DType.F32, 5).Data, Threads = 1 };
        return ((Algorithm)algorithm, algorithm is Distill ? request with { Teacher = new Vi { Training = new() { Steps = 5 } }.Fit(request).Required.Posterior } : request);
    }
}
