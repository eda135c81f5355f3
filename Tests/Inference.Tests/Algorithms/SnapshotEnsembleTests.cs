using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Models;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

public class SnapshotEnsembleTests
{
    private static readonly ReferenceBackend Backend = new();

    private static TrainingOptions Options(int epochs) => new() { Optimizer = new Sgd { Rate = 0.4 }, Epochs = epochs, Batch = 4 };

    [Fact]
    public void TheStepSizeFallsInEveryCycle()
    {
        // 13 steps in 3 cycles: of 5 steps, the last of 3.
        var schedule = new CyclicSchedule { Cycles = 3, Floor = 0.1 };
        for (var t = 0; t < 13; t++)
        {
            var factor = Reference.Evaluate(new TensorGraph([], [("f", schedule.Factor(Constant(DType.F64, t), new(13, 4)))]), [])[0][0];
            Assert.Equal(0.1 + 0.9 * (1 + Math.Cos(Math.PI * (t % 5) / 5)) / 2, factor, 1e-12);
        }
    }

    [Fact]
    public void MembersAreTheEndsOfTheCycles()
    {
        var (model, data) = Samples.Net();
        var fit = new SnapshotEnsemble { Cycles = 3, Keep = 2, Training = Options(12) }.Fit(new(model, data, Backend, 9)).Required;
        Assert.Equal("members { members = 2; guide = delta }", fit.Posterior.Guide.Clauses[0].ToString());
        // Runs of two and three cycles of the same length.
        foreach (var (member, cycles) in new[] { (0, 2), (1, 3) })
        {
            var alone = new Map { Training = Options(4 * cycles) with { Schedule = new CyclicSchedule { Cycles = cycles } } }.Fit(new(model, data, Backend, 9)).Required;
            foreach (var (name, value) in alone.Posterior.Parameters) Assert.Equal(value, EnsembleTests.Member(fit.Posterior.Parameters[name], member));
        }
    }

    [Fact]
    public void CyclesThatDoNotDivideTheRunAreRefused()
    {
        var (model, data) = Samples.Net();
        var refused = Assert.IsType<FitOutcome.Refused>(new SnapshotEnsemble { Cycles = 5, Training = Options(12) }.Fit(new(model, data, Backend, 9)));
        Assert.Equal("epochs = 10 or epochs = 15", refused.Diagnostics[0].Hint);
    }

    [Fact]
    public void SavedPointsGoOn()
    {
        var collection = new Collection(0, 2, 8);
        EqArray<HostTensor> Point(int e) => [Samples.Tensor([3], e), Samples.Tensor([2, 2], 50 + e)];
        var (through, before, after) = (new KeptPoints(collection, 3), new KeptPoints(collection, 3), new KeptPoints(collection, 3));
        foreach (var e in new[] { 2, 4, 6, 8 }) through.Take(e, Point(e));
        before.Take(2, Point(2));
        before.Take(4, Point(4));
        after.Restore(before.Save());
        after.Take(6, Point(6));
        after.Take(8, Point(8));
        Assert.Equal(through.Save().OrderBy(p => p.Key), after.Save().OrderBy(p => p.Key));
        Assert.Equal([3, 3], after.Stacked(0).Shape);
        Assert.Equal([.. Point(4)[0].ToDoubles(), .. Point(6)[0].ToDoubles(), .. Point(8)[0].ToDoubles()], after.Stacked(0).ToDoubles());
    }
}
