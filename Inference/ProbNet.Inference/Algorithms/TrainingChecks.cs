using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>What has to hold before a method can be trained by gradient steps.</summary>
internal static class TrainingChecks
{
    /// <summary>What does not fit between a request's model and its data.</summary>
    public static EqArray<Diagnostic> OfData(FitRequest request)
    {
        EqArray<Diagnostic> found = [.. DataCheck.Of(request.Model, request.Train, requireObserved: true)];
        if (request.Train.Rows != request.Model.Rows)
            found = found.Add(new(InferenceCodes.DataMismatch, $"the model is bound to {request.Model.Rows} rows, but the data has {request.Train.Rows}", default));
        return request.Validation is { } validation ? found.AddRange(DataCheck.Of(request.Model, validation, requireObserved: true)) : found;
    }

    /// <summary>Why a model cannot be trained in batches of rows, if that is asked for. Its discrete sites have been found to sum out.</summary>
    public static EqArray<Diagnostic> OfBatches(BoundModel model, TrainingOptions training)
    {
        if (training.Batch is { } batch && model.Elaborate(model.Rows).Rows is null)
        {
            return [new(InferenceCodes.Conflict, $"batch = {batch} is given, but no dimension of model '{model.Name}' counts data rows", default)
            {
                Hint = "name the dimension that counts rows, e.g. x : real[n, 4], or leave out batch",
            }];
        }
        return training.Batch < model.Rows ? RowObstacles.For(model, training.Batch.Value) : [];
    }

    /// <summary>Why the optimiser cannot move a guide's parameters, if it cannot.</summary>
    public static EqArray<Diagnostic> OfOptimizer(GuidePlan guide, TrainingOptions training) =>
        !training.Optimizer.TakesPairs || guide.Parts.Any(p => !p.NormalPairs.IsEmpty) ? []
            : [new(InferenceCodes.Conflict, $"optimizer = {training.Optimizer.Name} steps on the locations and scales of independent normals, of which the guide has none", default)
            { Hint = "use the guide normal, or optimizer = adam" }];
}
