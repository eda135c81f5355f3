using ProbNet.Graph;
using ProbNet.Inference.Data;

namespace ProbNet.Inference.Workflow;

/// <summary>
/// All rows of a data file in file order, with the positions of the parts they were split into. Predictions are made for the whole file at once, so that
/// they are the same numbers when the file is predicted again from the saved run.
/// </summary>
/// <param name="Rows">The rows as read, in the model's units.</param>
/// <param name="Data">The rows as the model takes them.</param>
/// <param name="Training">The positions of the training rows.</param>
/// <param name="Validation">The positions of the validation rows.</param>
/// <param name="HeldOut">The positions of the held-out rows.</param>
public sealed record FileRows(DataRows Rows, DataSet Data, EqArray<int> Training, EqArray<int> Validation, EqArray<int> HeldOut)
{
    /// <summary>Puts the parts of a bound program together again.</summary>
    public static FileRows Of(BoundProgram program)
    {
        var (training, validation, heldOut) = (program.Data.Training, program.Data.Validation, program.Data.HeldOut);
        int[] lines = [.. training.Lines, .. validation.Lines, .. heldOut.Lines];
        var order = Enumerable.Range(0, lines.Length).OrderBy(i => lines[i]).ToArray();
        var place = new int[lines.Length];
        for (var i = 0; i < order.Length; i++) place[order[i]] = i;
        var (first, second) = (training.Lines.Count, training.Lines.Count + validation.Lines.Count);
        var read = Join([training.Data, validation.Data, heldOut.Data]).Select(order, program.Data.Preprocessing.Names);
        // Without a dimension of rows there is one part, and it is the data.
        var data = program.RowDimension is null ? program.Training
            : Join([program.Training, program.Validation, program.HeldOut]).Select(order, program.Data.Preprocessing.Names);
        return new(new(read, [.. order.Select(i => lines[i])]), data, [.. place[..first]], [.. place[first..second]], [.. place[second..]]);
    }

    private static DataSet Join(IEnumerable<DataSet?> parts)
    {
        DataSet[] all = [.. parts.OfType<DataSet>().Where(p => p.Rows > 0)];
        return new(all[0].Values.Keys.ToDictionary(name => name, name => Join([.. all.Select(p => p.Values[name])])), all.Sum(p => p.Rows));
    }

    private static HostTensor Join(HostTensor[] parts)
    {
        var result = HostTensor.Zeros(parts[0].DType, parts[0].Shape.With(0, parts.Sum(p => p.Shape[0])));
        var at = 0;
        foreach (var part in parts)
        {
            Array.Copy(part.Data, 0, result.Data, at, part.Data.Length);
            at += part.Data.Length;
        }
        return result;
    }
}
