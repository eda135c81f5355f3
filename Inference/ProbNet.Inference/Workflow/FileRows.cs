using ProbNet.Graph;
using ProbNet.Inference.Data;

namespace ProbNet.Inference.Workflow;

/// <summary>
/// All rows of a data file in file order, with the positions of the parts they were split into. Predictions are made for the whole file at once, so that
/// they are the same numbers when the file is predicted again from the saved run.
/// </summary>
/// <param name="Rows">The observed sites' values of the rows as read, in the model's units.</param>
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
        // As read only what predictions are compared with; arguments can be large.
        var read = InOrder(new[] { training.Data, validation.Data, heldOut.Data }.Select(part => Sites(part, program)), place);
        // Without a dimension of rows there is one part, and it is the data.
        var data = program.RowDimension is null ? program.Training
            : InOrder([program.Training, program.Validation, program.HeldOut], place);
        return new(new(read, [.. order.Select(i => lines[i])]), data, [.. place[..first]], [.. place[first..second]], [.. place[second..]]);
    }

    private static DataSet Sites(DataSet part, BoundProgram program) =>
        part with { Values = part.Values.Where(v => program.Data.Preprocessing[v.Key] is { IsSite: true }).ToDictionary(v => v.Key, v => v.Value) };

    // The rows of the parts, one after the other, each at its place. A single part is in order already.
    private static DataSet InOrder(IEnumerable<DataSet?> parts, int[] place)
    {
        DataSet[] all = [.. parts.OfType<DataSet>().Where(p => p.Rows > 0)];
        return all.Length == 1 ? all[0] : new(all[0].Values.Keys.ToDictionary(name => name, name => InOrder([.. all.Select(p => p.Values[name])], place)), place.Length);
    }

    private static HostTensor InOrder(HostTensor[] parts, int[] place)
    {
        var result = HostTensor.Zeros(parts[0].DType, parts[0].Shape.With(0, place.Length));
        var (width, at) = (parts[0].Shape[1..].Size, 0);
        foreach (var part in parts)
        {
            for (var row = 0; row < part.Shape[0]; row++, at++) Array.Copy(part.Data, row * width, result.Data, place[at] * width, width);
        }
        return result;
    }
}
