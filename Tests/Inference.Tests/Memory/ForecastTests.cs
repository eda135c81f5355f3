using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Tests.Memory;

/// <summary>What a fit would take is known without taking it, does not depend on the rows but for the data, and refuses what does not fit.</summary>
public sealed class ForecastTests
{
    private const string Source = """
        module M
        model net (x : real[n, 7]) = prob {
            let! h = x |> dense 11
            let! y = normal (relu h |> sumAxis 1) 1.0
            return y
        }
        """;

    private static readonly MemoryBudget Ample = new(100 << 20, 100 << 20, long.MaxValue, "the limit given");

    private static FitRequest Request(int rows, IBackend? backend = null)
    {
        var program = Checker.Check(new SourceText("m.prob", Source));
        var values = new Dictionary<string, HostTensor> { ["x"] = HostTensor.Zeros(DType.F32, [rows, 7]), ["y"] = HostTensor.Zeros(DType.F32, [rows]) };
        var sizes = new Dictionary<string, int> { ["n"] = rows };
        var model = BoundProgram.Ready(program.Models[0], sizes, "n", ["y"], DType.F32);
        return new(model, new DataSet(values, rows), backend ?? new CpuBackend(), 1) { Threads = 2, Memory = Ample };
    }

    private static Vi Method(int? batch) => new() { Training = new() { Steps = 3, Batch = batch } };

    [Fact]
    public void OnlyTheDataDependsOnTheNumberOfRows()
    {
        MemoryForecast few = Method(32).Forecast(Request(1_009)).Required, many = Method(32).Forecast(Request(1_000_003)).Required;
        Assert.Equal(few.Step.Kernels.Map(k => (k.Text, k.Traffic, k.Operations)), many.Step.Kernels.Map(k => (k.Text, k.Traffic, k.Operations)));
        Assert.Equal((1_000_003 - 1_009) * 8L * sizeof(float), many.Step.DataBytes - few.Step.DataBytes);
        // The padding between large values may differ.
        Assert.InRange(many.Step.TotalBytes - many.Step.DataBytes - few.Step.TotalBytes + few.Step.DataBytes, -4096, 4096);
        Assert.Equal((few.Step.StateBytes, few.Step.ScratchBytes, few.Step.CodeBytes), (many.Step.StateBytes, many.Step.ScratchBytes, many.Step.CodeBytes));
    }

    [Fact]
    public void PlanningAllocatesNothingAsLongAsTheRows()
    {
        var request = Request(1_000_003);
        Method(32).Forecast(request);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var large = Method(32).Forecast(request).Required;
        var ofLarge = GC.GetAllocatedBytesForCurrentThread() - before;
        var small = Request(1_009);
        before = GC.GetAllocatedBytesForCurrentThread();
        Method(32).Forecast(small);
        var ofSmall = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(large.Step.DataBytes > 32_000_000);
        // One truth value a row would be a million bytes.
        Assert.True(ofLarge - ofSmall < 500_000, $"{ofLarge} bytes for many rows, {ofSmall} for few");
    }

    [Fact]
    public void AFitThatDoesNotFitIsRefusedWithABatchThatDoes()
    {
        var request = Request(200_003);
        var asked = Method(null).Forecast(request).Required;
        var refused = Assert.IsType<FitOutcome.Refused>(Method(null).Fit(request with { Memory = Ample with { Limit = asked.Peak - (1 << 20) } }));
        var diagnostic = Assert.Single(refused.Diagnostics);
        Assert.Equal(InferenceCodes.Memory, diagnostic.Code);
        var batch = int.Parse(System.Text.RegularExpressions.Regex.Match(diagnostic.Hint!, "batch = ([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        var smaller = Method(batch).Forecast(request).Required;
        Assert.True(smaller.Peak <= asked.Peak - (1 << 20));
        Assert.IsType<FitOutcome.Fitted>(Method(batch).Fit(request with { Memory = Ample with { Limit = smaller.Peak } }));
    }

    [Fact]
    public void WhereNothingFitsItIsSaid()
    {
        var refused = Assert.IsType<FitOutcome.Refused>(Method(null).Fit(Request(200_003) with { Memory = Ample with { Limit = 1 << 20 } }));
        Assert.Contains("none of these alone fits", refused.Diagnostics[0].Hint);
    }

    [Theory]
    [InlineData(1_009, 32)]
    [InlineData(60_013, 512)]
    [InlineData(60_013, 60_013)]
    public void TheBoundIsAboveTheForecast(int rows, int batch)
    {
        var request = Request(rows) with { Report = new(100, rows) };
        var method = Method(batch);
        var guide = GuidePlan.For(request.Model, method.Guide).Required;
        var step = StepGraph.Build(Elbo.Build(request.Model, guide, method.Estimator, batch, 1), method.Training, 1, 0);
        var forecast = method.Forecast(request).Required;
        Assert.True(FitForecast.Bound(request, guide, step) > MemoryRefusal.Needed(forecast) - forecast.Before.Used);
    }

    [Fact]
    public void TheReferenceEvaluatorNeedsMoreThanThePlanner()
    {
        var (planned, plain) = (Method(32).Forecast(Request(1_009)).Required.Step, Method(32).Forecast(Request(1_009, new ReferenceBackend())).Required.Step);
        Assert.Equal((planned.StateBytes, planned.DataBytes), (plain.StateBytes, plain.DataBytes));
        Assert.True(plain.IntermediateBytes > planned.IntermediateBytes);
    }
}
