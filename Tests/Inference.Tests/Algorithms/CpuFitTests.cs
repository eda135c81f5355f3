using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Fits and predictions on the CPU backend.</summary>
public class CpuFitTests
{
    private static Vi Method(Estimator estimator, int epochs = 5) => new()
    {
        Estimator = estimator, Samples = 2, KlWarmup = 2, Training = new() { Optimizer = new Adam { Rate = 0.02 }, Epochs = epochs, Batch = 4, Clip = 3, Schedule = new CosineSchedule() },
    };

    [Fact]
    public void FitsAgreeWithTheReference()
    {
        // In double precision, few steps: rounding differs, chaos has no time to grow.
        foreach (var (model, data) in new[] { Samples.Net(), Samples.Schools(), Samples.Regression(), Samples.Coin() })
        {
            foreach (var estimator in EstimatorRegistry.Estimators.All)
            {
                var reference = Method(estimator).Fit(new(model, data, new ReferenceBackend(), 3)).Required;
                var cpu = Method(estimator).Fit(new(model, data, new CpuBackend(), 3)).Required;
                foreach (var (name, value) in reference.Posterior.Parameters)
                {
                    for (var i = 0; i < value.Data.Length; i++) Assert.Equal(value[i], cpu.Posterior.Parameters[name][i], 1e-9);
                }
                Assert.Equal(reference.History[^1].Elbo, cpu.History[^1].Elbo, 1e-8 * Math.Abs(reference.History[^1].Elbo));
            }
        }
    }

    [Fact]
    public void TheSameSeedGivesTheSameFitForAnyNumberOfThreads()
    {
        var (model, data) = Samples.Net(DType.F32, rows: 101);
        foreach (var estimator in EstimatorRegistry.Estimators.All)
        {
            var one = Method(estimator).Fit(new(model, data, new CpuBackend(), 3) { Threads = 1 }).Required;
            foreach (var threads in (int[])[1, 2])
            {
                var other = Method(estimator).Fit(new(model, data, new CpuBackend(), 3) { Threads = threads }).Required;
                foreach (var (name, value) in one.Posterior.Parameters) Assert.True(value.Equals(other.Posterior.Parameters[name]), $"{name} on {threads} threads");
                Assert.Equal(one.History, other.History);
            }
        }
    }

    [Fact]
    public void PredictionsAndDrawsDoNotDependOnChunksOrThreads()
    {
        foreach (var (model, data) in new[] { Samples.Net(DType.F32, rows: 101), Samples.Net(), Samples.Regression(), Samples.Schools() })
        {
            var plan = Evaluation.Plan(model, new NormalGuide());
            var posterior = Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required;
            var backend = new CpuBackend();
            var one = posterior.Predict(backend, data, new() { Draws = 19, Seed = 3, Threads = 1 }).Required;
            var draws = posterior.Sample(backend, new() { Draws = 19, Seed = 3 }, data);
            foreach (var (rows, count, threads) in new[] { (1, 1, 1), (3, 5, 2), (7, 19, 1), (64, 4, 2), (1000, 2, 2) })
            {
                var other = posterior.Predict(backend, data, new() { Draws = 19, Seed = 3, RowChunk = rows, DrawChunk = count, Threads = threads }).Required;
                Assert.Equal(one.LogDensity, other.LogDensity);
                foreach (var (a, b) in one.Sites.Zip(other.Sites)) Assert.Equal(a, b);
                var again = posterior.Sample(backend, new() { Draws = 19, Seed = 3, DrawChunk = count, Threads = threads }, data);
                Assert.Equal(draws.Latent, again.Latent);
                Assert.Equal(draws.Deterministic, again.Deterministic);
            }
        }
    }

    [Fact]
    public void AStepAllocatesNothing()
    {
        var (model, data) = Samples.Net(DType.F32, rows: 101);
        long Allocated(int epochs)
        {
            // Records are made once an epoch; there are as many of them in both runs, since long runs record less often.
            var vi = Method(new FlipoutEstimator(), epochs);
            var before = GC.GetAllocatedBytesForCurrentThread();
            vi.Fit(new(model, data, new CpuBackend(), 3) { Threads = 1 });
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated(1000);
        // 26 steps an epoch. The smallest object takes 24 bytes, so one a step would make 624,000; recompilation of hot methods allocates a little.
        var extra = Allocated(2000) - Allocated(1000);
        Assert.True(extra < 150_000, $"26,000 more steps allocated {extra} bytes");
    }
}
