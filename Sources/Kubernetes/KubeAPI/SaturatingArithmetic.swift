infix operator +| : AdditionPrecedence
infix operator -| : AdditionPrecedence
infix operator *| : MultiplicationPrecedence

/// Arithmetic for numbers that users write: it saturates where the usual operators trap.
extension FixedWidthInteger {
    public static func +| (left: Self, right: Self) -> Self {
        let (sum, isOver) = left.addingReportingOverflow(right)
        return isOver ? (right < 0 ? .min : .max) : sum
    }

    public static func -| (left: Self, right: Self) -> Self {
        let (difference, isOver) = left.subtractingReportingOverflow(right)
        return isOver ? (right > 0 ? .min : .max) : difference
    }

    public static func *| (left: Self, right: Self) -> Self {
        let (product, isOver) = left.multipliedReportingOverflow(by: right)
        return isOver ? ((left < 0) != (right < 0) ? .min : .max) : product
    }
}
