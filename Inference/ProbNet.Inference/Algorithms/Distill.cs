using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// Distillation: a point of the model (the student) whose predictions come as near as they can to the predictive distribution of a posterior (the teacher), averaged over the teacher's draws. One forward
/// pass of the student then stands for many of the teacher.
/// </summary>
/// <remarks>
/// Source: Balan, Rathod, Murphy, Welling, Bayesian dark knowledge, NeurIPS 2015, eq. 3–6. Minimised is KL(teacher || student) of the predictive distributions, summed over the inputs, but for a constant: for
/// labels the cross-entropy -sum_k p_k log q_k with the teacher's mean probabilities p; for normal outcomes the expected negative log-density ((m - loc)² + v) / (2 s²) + log s under the teacher's mean m and
/// variance v; for counts that of the teacher's mean rate. No outcome enters, so inputs without outcomes serve as well.
/// </remarks>
public sealed record Distill : Algorithm
{
    /// <summary>The name of an <c>infer</c> declaration, fitted first, or the path of a run folder; empty where <see cref="FitRequest.Teacher"/> is given.</summary>
    public string Teacher { get; init; } = "";

    /// <summary>Draws of the teacher that its predictive distribution averages.</summary>
    public int Draws { get; init; } = 100;

    /// <summary>A file of further inputs, without outcomes; null for none.</summary>
    public string? Unlabelled { get; init; }

    /// <summary>The factor on the log prior density of the student.</summary>
    public double PriorWeight { get; init; }

    /// <summary>Optimiser, length, batches and stopping.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override string Name => "distill";

    /// <inheritdoc/>
    public override string Doc => "a point whose predictions copy those of another posterior";

    /// <inheritdoc/>
    public override string Source => "Balan, Rathod, Murphy, Welling, Bayesian dark knowledge, NeurIPS 2015";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        new("teacher", "the posterior to copy: an infer declaration, which is fitted first, or a run folder", "the name of an infer declaration, or the path of a run folder",
            c => ((Distill)c).Teacher is { Length: > 0 } t ? t.All(x => char.IsLetterOrDigit(x) || x == '_') ? new OptionValue.Call(t) : new OptionValue.Text(t) : null,
            (c, v) => v switch
            {
                OptionValue.Text t => (Distill)c with { Teacher = t.Value },
                OptionValue.Call { Arguments.IsEmpty: true, Options.IsEmpty: true } n => (Distill)c with { Teacher = n.Name },
                _ => Option.Wrong("teacher", v, "the name of an infer declaration, or the path of a run folder"),
            }),
        Option.Integer<Distill>("draws", "draws of the teacher that its predictive distribution averages", 1, a => a.Draws, (a, v) => a with { Draws = v }),
        new("unlabelled", "a file of further inputs, whose outcomes are not needed", "the path of a file", c => ((Distill)c).Unlabelled is { } path ? new OptionValue.Text(path) : null,
            (c, v) => v is OptionValue.Text t ? (Distill)c with { Unlabelled = t.Value } : Option.Wrong("unlabelled", v, "the path of a file in quotes")),
        Option.Number<Distill>("priorWeight", "factor on the log prior density of the student: 0 copies the teacher alone", Interval.NonNegative, a => a.PriorWeight, (a, v) => a with { PriorWeight = v }),
        .. TrainingOptions.Declare<Distill>(a => a.Training, (a, v) => a with { Training = v }),
    ];

    /// <inheritdoc/>
    public override FitOutcome Fit(FitRequest request)
    {
        if (request.Teacher is not { } teacher)
        {
            return new FitOutcome.Refused([new(InferenceCodes.Teacher, Teacher.Length == 0 ? "distill has no teacher" : $"the teacher '{Teacher}' has not been fitted", default)
                { Hint = "name an infer declaration or a run folder: distill { teacher = flipout }" }]);
        }
        var student = DistillStudent.Of(request.Model);
        if (student.Value is not { } model) return new FitOutcome.Refused(student.Diagnostics);
        var train = Targets(request, teacher, model, DistillStudent.Joined(model, request.Train, request.Unlabelled));
        var validation = request.Validation is { } rows ? Targets(request, teacher, model, rows) : null;
        EqArray<Diagnostic> found = [.. train.Diagnostics, .. validation?.Diagnostics ?? []];
        if (train.Value is not { } taught || (validation is not null && validation.Value is null)) return new FitOutcome.Refused(found);
        var outcome = AsVi.Fit(request with { Model = model with { Rows = taught.Rows }, Train = taught, Validation = validation?.Value });
        return outcome switch
        {
            FitOutcome.Fitted { Result: var result } => new FitOutcome.Fitted(Own(request.Model, result)),
            FitOutcome.Failed failed => failed with { LastGood = Own(request.Model, failed.LastGood) },
            _ => outcome,
        };
    }

    /// <inheritdoc/>
    public override Checked<Explanation> Explain(BoundModel model)
    {
        var student = DistillStudent.Of(model);
        return student.Value is { } own ? AsVi.Explain(own) : new(null, student.Diagnostics);
    }

    /// <inheritdoc/>
    public override Checked<MemoryForecast> Forecast(FitRequest request)
    {
        var student = DistillStudent.Of(request.Model);
        if (student.Value is not { } model) return new(null, student.Diagnostics);
        var train = DistillStudent.Untaught(model, DistillStudent.Joined(model, request.Train, request.Unlabelled));
        return AsVi.Forecast(request with { Model = model with { Rows = train.Rows }, Train = train, Validation = request.Validation is { } rows ? DistillStudent.Untaught(model, rows) : null });
    }

    private Vi AsVi => new() { Guide = [new(new DeltaGuide())], Temperature = PriorWeight, Training = Training };

    // The teacher's predictive distributions of some rows, beside their arguments.
    private Checked<DataSet> Targets(FitRequest request, Posterior teacher, BoundModel student, DataSet rows)
    {
        var outcomes = request.Model.Elaborate(2).Sites.Where(s => request.Model.Observed.Contains(s.Name)).Select(s => s.Name).Order().ToArray();
        var known = teacher.Model.Observed.Order().ToArray();
        if (!outcomes.SequenceEqual(known))
        {
            return new(null, [new(InferenceCodes.Teacher, $"the teacher predicts {Data.Nearest.Listed(known)}, and the student {Data.Nearest.Listed(outcomes)}", default)
                { Hint = "teacher and student may be different models, but of the same outcomes" }]);
        }
        var arguments = new DataSet(rows.Values.Where(v => !known.Contains(v.Key)).ToDictionary(v => v.Key, v => v.Value), rows.Rows);
        var options = new PredictOptions { Draws = Draws, Seed = request.Seed, Threads = request.Threads };
        var predicted = teacher.Predict(request.Backend, arguments, options);
        return predicted.Value is { } predictions ? DistillStudent.Taught(request.Model, student, arguments, predictions) : new Checked<DataSet>(null, predicted.Diagnostics);
    }

    private static FitResult Own(BoundModel model, FitResult result) =>
        result with { Posterior = Posterior.FromParameters(model, (EqArray<GuideClause>)[new(new DeltaGuide())], result.Posterior.Parameters).Required };
}
