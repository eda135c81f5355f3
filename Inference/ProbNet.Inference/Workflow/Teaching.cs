using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Data;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Inference.Workflow;

/// <summary>Finds the teacher of a distillation: fits the <c>infer</c> declaration that it names, or reads the run folder.</summary>
public static class Teaching
{
    /// <summary>The request with teacher and further inputs, if the algorithm is a distillation; else the request as it is.</summary>
    /// <param name="written">The program, whose declarations a teacher may be.</param>
    /// <param name="program">What is fitted.</param>
    /// <param name="infer">How.</param>
    /// <param name="folder">The folder that names of files are relative to: the program's own.</param>
    /// <param name="request">The fit of the student.</param>
    /// <returns>The request, with the teacher's warnings, or the diagnostics.</returns>
    /// <exception cref="ArtifactException">The run folder of the teacher is damaged.</exception>
    public static Checked<FitRequest> Prepare(CheckedProgram written, BoundProgram program, InferChoice infer, string folder, FitRequest request) => Prepare(written, program, infer, folder, request, [infer.Name]);

    private static Checked<FitRequest> Prepare(CheckedProgram written, BoundProgram program, InferChoice infer, string folder, FitRequest request, EqArray<string> students)
    {
        if (infer.Algorithm is not Distill { Teacher.Length: > 0 } distill) return request;
        var more = distill.Unlabelled is { } file ? Inputs(program, Path.Combine(folder, file)) : null;
        if (more is { Value: null }) return new(null, more.Diagnostics);
        var teacher = Teacher(written, program, distill.Teacher, folder, request, students);
        return new(teacher.Value is { } posterior ? request with { Teacher = posterior, Unlabelled = more?.Value } : null, [.. more?.Diagnostics ?? [], .. teacher.Diagnostics]);
    }

    private static Checked<Posterior> Teacher(CheckedProgram written, BoundProgram program, string name, string folder, FitRequest request, EqArray<string> students)
    {
        var declared = written.Declarations<Declaration.Infer>().ToEqArray();
        if (declared.FirstOrDefault(d => d.Name == name) is not { } declaration) return FromRun(program, name, folder, declared);
        if (students.Contains(name)) return Refused($"'{name}' would be its own teacher", "name another infer declaration");
        var choice = InferChoice.Of(written, declaration, []);
        if (choice.Value is not { } infer) return new(null, choice.Diagnostics);
        var prepared = Prepare(written, program, infer, folder, request.In("teacher"), students.Add(name));
        if (prepared.Value is not { } ready) return new(null, prepared.Diagnostics);
        return infer.Algorithm.Fit(ready) switch
        {
            FitOutcome.Fitted { Result.Stop: StopReason.Cancelled } => throw new OperationCanceledException(request.Cancel),
            FitOutcome.Fitted fitted => new(fitted.Result.Posterior, [.. prepared.Diagnostics, .. fitted.Result.Warnings]),
            FitOutcome.Refused refused => new(null, refused.Diagnostics),
            FitOutcome.Failed failed => Refused($"the fit of the teacher '{name}' failed: {failed.Failure}", failed.Failure.Hint),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Checked<Posterior> FromRun(BoundProgram program, string path, string folder, EqArray<Declaration.Infer> declared)
    {
        var place = new[] { path, Path.Combine(folder, path) }.FirstOrDefault(Directory.Exists);
        if (place is null)
        {
            return Refused($"there is no infer declaration '{path}', and no run folder of this name",
                declared.IsEmpty ? "the program declares no infer" : Nearest.Hint(path, declared.Map(d => d.Name)));
        }
        var run = SavedRun.Read(place);
        // The student's values are made by its own preprocessing, so the teacher has to have been trained on such values.
        if (run.Info.Preprocessing != program.Data.Preprocessing)
            return Refused($"the teacher '{path}' was fitted to values that were made otherwise from their file: other columns, or scaled by other rows", "fit the teacher with the same data declaration, whose split and seed make the same training rows");
        if (run.Precision != program.Model.Elaborate(2).Precision) return Refused($"the teacher '{path}' was fitted in {run.Info.Precision} precision", $"give --precision {run.Info.Precision}");
        return new(run.Posterior, run.Warnings);
    }

    private static Checked<DataSet> Inputs(BoundProgram program, string path)
    {
        var rows = program.Data.Preprocessing.Apply(path);
        if (rows.Value is not { } read) return new(null, rows.Diagnostics);
        var bound = DataBinder.Bind(program.Source, read.Bound(program.Data.Preprocessing), program.Model.Elaborate(2).Precision, BoundProgram.WithoutRows(program.Sizes, program.RowDimension));
        return new(bound.Binding is { } binding ? new DataSet(binding.Values, read.Lines.Count) : null, [.. rows.Diagnostics, .. bound.Diagnostics.Where(d => d.Code.Severity == Severity.Error)]);
    }

    private static Checked<Posterior> Refused(string message, string? hint) => new(null, [new(InferenceCodes.Teacher, message, default) { Hint = hint }]);
}
