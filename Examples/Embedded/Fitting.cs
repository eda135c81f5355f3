using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Examples.Embedded;

/// <summary>From a model in C# to its posterior: check, bind values, fit, draw.</summary>
public static class Fitting
{
    /// <summary>Mean and standard deviation of each unknown of eight schools, under a mean-field normal guide.</summary>
    public static IReadOnlyList<ComponentSummary> EightSchoolsPosterior(int steps)
    {
        var (model, diagnostics) = EightSchools.Model.Check();
        return Posterior(model ?? throw new DiagnosticException(diagnostics), steps);
    }

    /// <summary>The same for any checked form of the model.</summary>
    public static IReadOnlyList<ComponentSummary> Posterior(CheckedModel model, int steps)
    {
        var (bound, data) = BoundValues.Bind(model, new Dictionary<string, HostTensor>
        {
            ["sigma"] = HostTensor.Of([8], [15.0, 10, 16, 11, 9, 11, 10, 18]),
            ["y"] = HostTensor.Of([8], [28.0, 8, -3, 7, -1, 1, 18, 12]),
        }, DType.F64).Required;
        var vi = new Vi { Samples = 8, Training = new TrainingOptions { Optimizer = new Adam { Rate = 0.05 }, Steps = steps } };
        var backend = new CpuBackend();
        var posterior = vi.Fit(new FitRequest(bound, data, backend, Seed: 1)).Required.Posterior;
        return [.. ComponentSummary.Of(posterior.Sample(backend, new SampleOptions { Draws = 4000, Seed = 2 }, data))];
    }
}
